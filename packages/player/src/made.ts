import type { Made, RunningActor } from './stage.js';

/** What one actor makes is remembered, at most. */
const MAX_MADE = 10_000;

export function remember(actor: RunningActor, made: Made): void {
  if (actor.made.length >= MAX_MADE) {
    actor.made.shift();
  }
  actor.made.push(made);
}

/** The last that the actor has made of these kinds, or the last one with that name; a string says that there is none. */
export function earlier<K extends Made['kind']>(
  { made }: RunningActor,
  kinds: readonly K[],
  name: string | undefined,
): Extract<Made, { kind: K }> | string {
  const isOne = (it: Made): it is Extract<Made, { kind: K }> =>
    kinds.some((kind) => kind === it.kind) && (name === undefined || it.name === name);
  const found = made.findLast(isOne);
  if (found !== undefined) {
    return found;
  }
  return name === undefined
    ? `there is no ${kinds.join(' or ')} yet`
    : `there is no ${kinds.join(' or ')} called ${name}`;
}
