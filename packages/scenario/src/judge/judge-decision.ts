import type { DecisionRecord } from '@ims-sim/trace';
import type { DecisionStep } from '../flow.js';
import type { FlowState } from './flow-state.js';
import type { StepVerdict } from './verdict.js';

const MAX_SHOWN = 4;

/** Finds the first decision of the step's element with its clause and text that no step has taken yet. */
export function judgeDecision(step: DecisionStep, state: FlowState): StepVerdict | undefined {
  const made = decisionsOf(step, state);
  const record = made.find(
    (one) =>
      !state.taken.has(one) &&
      one.id > state.beforeId &&
      one.clause.includes(step.clause) &&
      one.text.includes(step.text),
  );
  if (record) {
    state.taken.add(record);
    state.find(step, { record });
    const differences = state.order(step, record);
    return { step, right: differences.length === 0, differences, records: [record], errata: step.errata };
  }
  if (step.optional === true) {
    return undefined;
  }
  const got = made
    .filter(({ clause }) => clause !== '') // not that it is ready
    .slice(-MAX_SHOWN)
    .map(({ clause, text }) => `${clause}: ${text}`)
    .join('; ');
  const expected = `${step.clause}: … ${step.text} …`;
  const why = `no such decision on ${step.on}`;
  return {
    step,
    right: false,
    differences: [{ where: 'decision', expected, got, why }],
    records: [],
    errata: step.errata,
  };
}

/** Of the call that the step follows, or of any call of the flow; one that belongs to no call may be any step's. */
function decisionsOf(step: DecisionStep, state: FlowState): readonly DecisionRecord[] {
  const { index, calls } = state;
  const before = state.callBefore(step);
  const ofCalls = before !== undefined ? [before] : [...calls];
  const found = [...index.decisions(step.on, undefined)];
  for (const call of ofCalls) {
    if (call !== undefined) {
      found.push(...index.decisions(step.on, call));
    }
  }
  return found.sort((a, b) => a.id - b.id);
}
