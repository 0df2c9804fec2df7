import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Difference } from './compare-message.js';
import type { Erratum, Flow, Step } from './flow.js';

/** What the judge says of one step. */
export interface StepVerdict {
  readonly step: Step;
  readonly right: boolean;
  readonly differences: readonly Difference[];
  /** What the step was found in: a message, a decision, or a request and its answer. */
  readonly records: readonly TraceRecord[];
  readonly errata: readonly Erratum[];
}

export interface Verdict {
  readonly flow: Flow;
  readonly steps: readonly StepVerdict[];
  /** What came from the flow's first message on and no step has: of its call, of a new one, or not to be read. */
  readonly unexpected: readonly MessageRecord[];
  /** Messages that came again, byte for byte. */
  readonly retransmissions: readonly MessageRecord[];
  readonly passed: boolean;
}
