import { createInterface } from 'node:readline/promises';
import { UserError } from '@ims-sim/element';
import { didYouMean } from '@ims-sim/element/files';

export interface Io {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Questions to whoever sits at a terminal, or to what is piped in. */
export interface Asking {
  /** The answer; `usual` where nothing is said or what is piped in has ended. @throws UserError where the input of a terminal ended (Ctrl-D) */
  ask(question: string, usual: string): Promise<string>;
  /** One of these; asks again, three times at most. @throws UserError */
  choose(question: string, choices: readonly string[], usual: string): Promise<string>;
  say(text: string): void;
  close(): void;
}

const MAX_TRIES = 3;
const MAX_SHOWN = 8;
const MAX_ANSWER = 1000;
const MAX_WAITING = 100;

export function startAsking({ input, output }: Io): Asking {
  const lines = linesOf(input);
  const isTerminal = 'isTTY' in input && input.isTTY === true;
  const ask = async (question: string, usual: string): Promise<string> => {
    output.write(`${question} [${usual}]: `);
    const answer = (await lines.next())?.trim().slice(0, MAX_ANSWER);
    if (isTerminal && answer === undefined) {
      output.write('\n');
      throw new UserError('nothing more was said: nothing is written');
    }
    if (!isTerminal) {
      output.write(`${answer ?? ''}\n`); // nobody typed it where it is shown
    }
    return answer === undefined || answer === '' ? usual : answer;
  };
  return {
    ask,
    choose: async (question, choices, usual) => {
      const shown = choices.slice(0, MAX_SHOWN).join(', ');
      const more = choices.length > MAX_SHOWN ? `, and ${choices.length - MAX_SHOWN} more` : '';
      for (let tries = 0; ; tries++) {
        const answer = await ask(`${question} (${shown}${more})`, usual);
        if (choices.includes(answer)) {
          return answer;
        }
        const wrong = `${answer}: expected one of ${shown}${more}${didYouMean(answer, choices)}`;
        if (tries + 1 >= MAX_TRIES || lines.ended) {
          throw new UserError(wrong);
        }
        output.write(`${wrong}\n`);
      }
    },
    say: (text) => {
      output.write(`${text}\n`);
    },
    close: () => {
      lines.close();
    },
  };
}

interface Lines {
  /** Undefined: there is no more. */
  next(): Promise<string | undefined>;
  readonly ended: boolean;
  close(): void;
}

function linesOf(input: Io['input']): Lines {
  const lines = createInterface({ input });
  // what is piped comes at once, before anything was asked: the lines wait in their order
  const waiting: string[] = [];
  let next: ((line: string | undefined) => void) | undefined;
  let ended = false;
  lines.on('line', (line) => {
    if (next) {
      next(line);
      next = undefined;
    } else if (waiting.length < MAX_WAITING) {
      waiting.push(line);
    }
  });
  lines.on('close', () => {
    ended = true;
    next?.(undefined);
    next = undefined;
  });
  return {
    next: () =>
      waiting.length > 0 || ended
        ? Promise.resolve(waiting.shift())
        : new Promise((resolve) => {
            next = resolve;
          }),
    get ended() {
      return ended;
    },
    close: () => {
      lines.close();
    },
  };
}
