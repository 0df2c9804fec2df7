import type { Decision, Forward, ForwardFailure } from './decision.js';

export type OnFailure = NonNullable<Forward['onFailure']>;
export type Decided = (decision: Decision | undefined) => void;

/** Asks the element what to do about a failure; `bug` is told where it throws or rejects. */
export function consult(
  onFailure: OnFailure,
  failure: ForwardFailure,
  decided: Decided,
  bug: (error: unknown) => void,
): void {
  try {
    const decision = onFailure(failure);
    if (decision instanceof Promise) {
      decision.then(decided).catch(bug);
    } else {
      decided(decision);
    }
  } catch (error) {
    bug(error);
  }
}
