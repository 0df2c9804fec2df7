import type { TraceRecord } from '@ims-sim/trace';
import type { Flow, Step } from '../flow.js';
import { FlowState } from './flow-state.js';
import { withCopies } from './judge-copies.js';
import { judgeDecision } from './judge-decision.js';
import { judgeDiameter } from './judge-diameter.js';
import { judgeDns } from './judge-dns.js';
import { judgeLate, judgeMessage } from './judge-message.js';
import { leftOver } from './left-over.js';
import type { StepVerdict, Verdict } from './verdict.js';

/**
 * Holds a flow against what a trace has: each step against the message between the same two elements with the same start and call
 * that no step before has taken, the first that is as the table has it. Pure; the trace is in the order of time. A step for which
 * nothing was found gets, at the end, what comes closest of what is left.
 */
export function judge(flow: Flow, trace: readonly TraceRecord[]): Verdict {
  const state = new FlowState(flow, trace);
  const first = flow.steps.map((step) => {
    const verdict = judgeStep(step, state);
    if (verdict === undefined && step.optional === true) {
      state.skip(step); // for now: what follows it goes by what it follows
    }
    return { step, verdict };
  });
  const found = first.map(({ step, verdict }) => verdict ?? judgeMissing(step, state));
  const rest = leftOver(state);
  const steps = found.map((verdict) => withCopies(verdict, rest.retransmissions));
  return {
    flow,
    steps,
    ...rest,
    passed: rest.unexpected.length === 0 && steps.every(({ right }) => right),
  };
}

function judgeStep(step: Step, state: FlowState): StepVerdict | undefined {
  switch (step.kind) {
    case 'message':
      return judgeMessage(step, state);
    case 'decision':
      return judgeDecision(step, state);
    case 'diameter':
      return judgeDiameter(step, state);
    case 'dns':
      return judgeDns(step, state);
  }
}

function judgeMissing(step: Step, state: FlowState): StepVerdict {
  return step.kind === 'message'
    ? judgeLate(step, state)
    : { step, right: true, skipped: true, differences: [], records: [], errata: step.errata };
}
