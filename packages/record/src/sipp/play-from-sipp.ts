import { likelyPath } from './likely-path.js';
import { readSipp, type SippCommand } from './read-sipp.js';
import { takeReceived, takeResponse } from './received.js';
import { takeRequest } from './sent-request.js';
import { sippMessage } from './sipp-message.js';
import type { SippEntry, SippPlay } from './sipp-play.js';
import { Taking } from './taking.js';

/** Of a command, in characters. */
const MAX_SHOWN = 80;
/** Of a scenario's `wait`. */
const MAX_WAIT_S = 86_400;

/** Takes a SIPp scenario over, as far as our vocabulary goes; a string says why the text is none. */
export function playFromSipp(text: string): SippPlay | string {
  const scenario = readSipp(text);
  if (typeof scenario === 'string') {
    return scenario;
  }
  const path = likelyPath(scenario.commands);
  const taking = new Taking(path.commands);
  for (let command = taking.next(); command !== undefined; command = taking.next()) {
    take(taking, command);
  }
  const { files, variables } = taking;
  return {
    name: scenario.name,
    play: withoutUnused(taking.play),
    files,
    variables,
    complaints: [...path.complaints, ...taking.complaints].toSorted((a, b) => a.line - b.line),
    leftOut: path.leftOut.map((command) => ({ line: command.line, text: shown(command) })),
  };
}

/** A command in a line: its element, and of a message the start line. */
function shown({ name, message, attribute }: SippCommand): string {
  const told = ['request', 'response', 'milliseconds'].flatMap((key) => {
    const value = attribute(key);
    return value === undefined ? [] : [` ${key}="${value}"`];
  });
  const [start = ''] = message.split('\n');
  return `<${name}${told.join('')}>${start === '' ? '' : ` ${start}`}`
    .replace(/\s+/g, ' ')
    .slice(0, MAX_SHOWN);
}

/** A value that nothing asks for is not taken: that it is not there is no failure then. */
function withoutUnused(play: readonly SippEntry[]): SippEntry[] {
  const said = JSON.stringify(
    play.map(({ sentence, options }) => [sentence, { ...options, take: undefined }]),
  );
  return play.map((entry) => {
    const { take, ...options } = entry.options;
    const used = Object.entries((take ?? {}) as Readonly<Record<string, unknown>>).filter(([name]) =>
      said.includes(`\${${name}}`),
    );
    return { ...entry, options: { ...options, ...(used.length > 0 && { take: Object.fromEntries(used) }) } };
  });
}

function take(taking: Taking, command: SippCommand): void {
  switch (command.kind) {
    case 'send': {
      const message = sippMessage(command.message);
      if (message.status === undefined) {
        takeRequest(taking, command, message);
      } else {
        takeResponse(taking, command, message);
      }
      return;
    }
    case 'recv':
      takeReceived(taking, command);
      return;
    case 'pause':
      pause(taking, command);
      return;
    case 'label':
      return;
    case 'other': {
      const [first] = command.actions;
      const what = first?.element.attributes[0]?.name;
      const within = first && what !== undefined ? ` (<${first.element.name} ${what}>)` : '';
      taking.complain(command, `<${command.name}>${within} has nothing to correspond to here`);
    }
  }
}

function pause(taking: Taking, command: SippCommand): void {
  const ms = command.attribute('milliseconds') ?? command.attribute('value');
  if (ms !== undefined && /^\d+$/.test(ms) && Number(ms) > MAX_WAIT_S * 1000) {
    taking.complain(command, `a pause of more than a day: waits ${MAX_WAIT_S} s here`);
    taking.say(`wait ${MAX_WAIT_S} s`);
  } else if (ms !== undefined && /^\d+$/.test(ms)) {
    taking.say(`wait ${Number(ms) / 1000} s`);
  } else {
    taking.complain(command, 'a pause without `milliseconds` (chance, or SIPp’s -d): waits 1 s here');
    taking.say('wait 1 s');
  }
}
