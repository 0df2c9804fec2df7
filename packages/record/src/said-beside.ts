import type { DecisionRecord } from '@ims-sim/trace';

/** What a trace of ours says beside its messages: what no message shows. */
export interface SaidBeside {
  /** What was done to elements, in the order of time. */
  readonly acts: readonly SaidAct[];
  /** What went wrong on purpose, as sentences of `faults`. */
  readonly faults: readonly string[];
  readonly complaints: readonly string[];
}

export interface SaidAct {
  readonly sentence: string;
  readonly element: string;
  readonly atUs: number;
}

/** As the runner says it of an element that cannot say it itself. */
const ACTS: Readonly<Record<string, string>> = { 'killed (kill -9)': 'kill', 'starts again': 'restart' };
/** As the sender says it: `fault 1 (loss.yaml:37): SUBSCRIBE to icscf2.home2.net dropped`. */
const DROPPED = /^fault \d+ \([^)]*\): (.+?)(?: to (\S+))? dropped$/;
const FAULT = /^fault \d+ \(/;

/** `decisions`: in the order of time. A fault that is not a loss is a complaint: what it changed is in the messages, how is not. */
export function saidBeside(decisions: readonly Omit<DecisionRecord, 'id'>[]): SaidBeside {
  const acts: SaidAct[] = [];
  const losses = new Map<string, number>();
  const others = new Set<string>();
  for (const { element, text, atUs } of decisions) {
    const act = ACTS[text];
    const [, what, receiver] = DROPPED.exec(text) ?? [];
    if (act !== undefined) {
      acts.push({ sentence: `${act} ${element}`, element, atUs });
    } else if (what !== undefined) {
      const loss = `drops ${what} from ${element}${receiver === undefined ? '' : ` to ${receiver}`}`;
      losses.set(loss, (losses.get(loss) ?? 0) + 1);
    } else if (FAULT.test(text)) {
      others.add(`${element}: ${text.slice(0, MAX_SAID)}: write it into \`faults\``);
    }
  }
  return {
    acts,
    faults: [...losses].map(([loss, count]) => `${loss}, ${count === 1 ? 'once' : `${count} times`}`),
    complaints: [...others].slice(0, MAX_COMPLAINTS),
  };
}

const MAX_SAID = 120;
const MAX_COMPLAINTS = 10;
