import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Erratum, Flow, Step } from '../flow.js';
import type { Difference } from './compare-message.js';

/** What the judge says of one step. */
export interface StepVerdict {
  readonly step: Step;
  readonly right: boolean;
  /** An optional step that did not happen, which is right too. */
  readonly skipped?: boolean | undefined;
  readonly differences: readonly Difference[];
  /** What the step was found in: a message, a decision, or a request and its answer. */
  readonly records: readonly TraceRecord[];
  /** Where it was found in nothing: what no step has and comes closest, a few at most. */
  readonly closest?: readonly MessageRecord[] | undefined;
  readonly errata: readonly Erratum[];
}

export interface Verdict {
  readonly flow: Flow;
  readonly steps: readonly StepVerdict[];
  /** What came from the flow's first message on and no step has: of its call, of a new one, or not to be read. */
  readonly unexpected: readonly MessageRecord[];
  /** What no step has and the flow allows. */
  readonly others?: readonly MessageRecord[] | undefined;
  /** Messages that came again, byte for byte. */
  readonly retransmissions: readonly MessageRecord[];
  readonly passed: boolean;
}
