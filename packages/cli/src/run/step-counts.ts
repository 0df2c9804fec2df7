import type { Verdict } from '@ims-sim/scenario';

export interface StepCounts {
  readonly right: number;
  /** Of how many: those that need not happen and did not are not among them. */
  readonly of: number;
  /** Optional steps that did not happen. */
  readonly notHappened: number;
}

/** How many of a flow's steps were right. */
export function stepCounts({ steps }: Pick<Verdict, 'steps'>): StepCounts {
  const notHappened = steps.filter(({ skipped }) => skipped === true).length;
  const right = steps.filter((step) => step.right && step.skipped !== true).length;
  return { right, of: steps.length - notHappened, notHappened };
}
