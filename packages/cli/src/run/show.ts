import type { TraceRecord } from '@ims-sim/trace';
import type { Planned } from './plan.js';
import type { Result } from './result.js';

/** What a run says of itself, on standard output: calm, in 100 columns, readable without colour. */
export interface Show {
  began(planned: Planned): void;
  /** What is being done; `passing`: of interest only until the next of the same label. */
  progress(planned: Planned, label: string, text: string, passing?: 'passing'): void;
  /** What may be wrong, although it is played. */
  warn(planned: Planned, text: string): void;
  /** A message or a decision, as it comes. */
  record(planned: Planned, record: TraceRecord): void;
  ended(result: Result): void;
  /** All has ended, by itself or by the user. */
  close(results: readonly Result[]): void;
}
