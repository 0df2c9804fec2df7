import type { ActionFailure } from '@ims-sim/player';
import type { Verdict } from '@ims-sim/scenario';
import type { Ladder, TraceRecord } from '@ims-sim/trace';
import type { BrokenProperty } from '../simulate/properties/index.js';
import type { SeedResult } from '../simulate/seeds.js';
import type { Planned } from './plan.js';

/** What came of one run, or of one scenario with many seeds. */
export type Result = Judged | Seeds | Unusable;

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
  /** What plays it again. */
  readonly command: string;
  /** Why it was not played to its end. */
  readonly cutShort?: string | undefined;
  readonly seed?: number | undefined;
  /** Of one that failed: the ladder around what went wrong first. */
  readonly excerpt?: Ladder | undefined;
  /** The files that were written, in `planned.out`. */
  readonly files: readonly string[];
}

export interface Seeds {
  readonly kind: 'seeds';
  readonly planned: Planned;
  readonly passed: boolean;
  readonly seeds: readonly SeedResult[];
  /** The first of those that failed, played again for their traces. */
  readonly again: readonly Judged[];
  readonly tookS: number;
  /** The folders of seeds that failed, the first of them. */
  readonly files: readonly string[];
}

/** It could not be played: an element ended, or it took too long, or the environment does not do. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly planned: Planned;
  readonly complaint: string;
  readonly tookS: number;
  /** Of a simulation. */
  readonly seed?: number | undefined;
  /** What came until then, written into `planned.out`. */
  readonly left?: Judged | undefined;
}

export type RunResult = 'passed' | 'failed' | 'unusable' | 'interrupted';

export function outcomeOf(results: readonly Result[]): Exclude<RunResult, 'interrupted'> {
  if (results.some(({ kind }) => kind === 'unusable')) {
    return 'unusable';
  }
  return results.every(hasPassed) ? 'passed' : 'failed';
}

export function hasPassed(result: Result): boolean {
  return result.kind !== 'unusable' && result.passed;
}
