import type { Decision, Forward } from '../src/index.js';

export function forwarded(decision: Decision | undefined): Forward {
  if (decision?.kind !== 'forward') throw new Error(`not forwarded: ${JSON.stringify(decision)}`);
  return decision;
}

/** What the trace says about a decision. */
export function texts({ because = [] }: Decision): string[] {
  return because.map(({ text }) => text);
}
