import { UserError } from '@ims-sim/element';
import type { ActionFailure, SoFar } from '@ims-sim/player';
import { judge } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import type { Planned } from './plan.js';
import type { Judged } from './result.js';

/** Of actions that went on beside each other. */
const MAX_NAMED = 8;

/** A scenario that could not be played to its end, with what had come until then: the trace tells why. */
export class CutShort extends UserError {
  readonly left: Judged;

  constructor(message: string, left: Judged, cause: unknown) {
    super(message, { cause });
    this.left = left;
  }
}

/** Where playing was when it was cut short. */
export interface Standing {
  readonly soFar: SoFar;
  /** What was going on, as it was at the moment: actions end when the run does. */
  readonly underWay: readonly ActionFailure[];
}

export function standingOf(soFar: SoFar): Standing {
  return { soFar, underWay: [...soFar.underWay] };
}

export interface CutShortOptions {
  readonly records: readonly TraceRecord[];
  /** What plays it again. */
  readonly command: string;
  readonly seed?: number | undefined;
}

/**
 * The error of a scenario that began and was not played to its end: its message names each action that was going on, with file and line. What
 * came is judged as far as it goes, and kept.
 */
export function cutShort(
  error: UserError,
  planned: Planned,
  { soFar, underWay }: Standing,
  { records, command, seed }: CutShortOptions,
): CutShort {
  const { scenario } = planned;
  const named = underWay.slice(0, MAX_NAMED).map(({ at, text }) => ({ at, text: `${text}: was going on` }));
  const more = underWay.length - named.length;
  const complaint = [
    error.message,
    ...named.map(({ at, text }) => `${at.file}:${at.line}: ${text}`),
    ...(more > 0 ? [`and ${more} more beside them`] : []),
  ].join('\n');
  const whole = { at: { file: scenario.file, line: 1, column: 1 }, text: error.message };
  const left: Judged = {
    kind: 'judged',
    planned,
    passed: false,
    verdict: { ...judge(soFar.flow(scenario.flow), records), passed: false },
    failures: [whole, ...soFar.failures, ...named],
    broken: [],
    records,
    tookS: 0,
    command,
    cutShort: complaint,
    seed,
    files: [],
  };
  return new CutShort(complaint, left, error);
}
