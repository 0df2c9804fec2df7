import type { ActionFailure } from '@ims-sim/player';
import type { Verdict } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import type { Planned } from './plan.js';

/** What must always hold, and did not. */
export interface BrokenProperty {
  readonly property: string;
  readonly text: string;
  readonly records: readonly TraceRecord[];
}

/** What came of one run. */
export type Result = Judged | Unusable;

export interface Judged {
  readonly kind: 'judged';
  readonly planned: Planned;
  readonly passed: boolean;
  readonly verdict: Verdict;
  readonly failures: readonly ActionFailure[];
  /** Of a simulation: what must always hold, and did not. */
  readonly broken: readonly BrokenProperty[];
  readonly records: readonly TraceRecord[];
  /** Of the machine's time, in seconds. */
  readonly tookS: number;
  readonly seed?: number | undefined;
  /** The files that were written, in `planned.out`. */
  readonly files: readonly string[];
}

/** It could not be played: an element ended, or it took too long, or the environment does not do. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly planned: Planned;
  readonly complaint: string;
  readonly tookS: number;
}

export type RunResult = 'passed' | 'failed' | 'unusable' | 'interrupted';

export function outcomeOf(results: readonly Result[]): Exclude<RunResult, 'interrupted'> {
  if (results.some(({ kind }) => kind === 'unusable')) {
    return 'unusable';
  }
  return results.every((result) => result.kind === 'judged' && result.passed) ? 'passed' : 'failed';
}
