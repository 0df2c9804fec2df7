import type { Place, Verdict } from '@ims-sim/scenario';
import type { LadderParticipant, TraceRecord } from '@ims-sim/trace';

/** One played scenario, as its report shows it. */
export interface ReportedScenario {
  readonly title: string;
  readonly verdict: Verdict;
  /** In the order of time, as `judge` had them. */
  readonly records: readonly TraceRecord[];
  /** The columns from left to right; who else takes part comes after them, up to `MAX_COLUMNS`. */
  readonly participants: readonly LadderParticipant[];
  /** Actions that did not bring about what they must. */
  readonly failures: readonly ReportedFailure[];
  readonly meta: ReportMeta;
}

export interface ReportedFailure {
  readonly at: Place;
  readonly text: string;
}

export interface ReportMeta {
  /** What repeats a simulated run. */
  readonly seed?: number | undefined;
  readonly tookS: number;
  /** Of the program that played it. */
  readonly version: string;
  /** What plays it again. */
  readonly command: string;
}

/** A run: its scenario, and those that were played with it. */
export interface ReportRun extends ReportedScenario {
  /** Further ones of the same page, which then has an index of them all. */
  readonly scenarios?: readonly ReportedScenario[] | undefined;
}
