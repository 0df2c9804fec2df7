import type { Branch } from './branch.js';
import type { Fork, Forward, ForwardFailure } from './decision.js';

/** How far the groups of a fork have come (RFC 3261 16.6, 16.7 step 5). */
export class ForkProgress {
  readonly onFailure: Fork['onFailure'];
  /** Every group has failed, and the element is asked what to do. */
  asking = false;
  readonly #groups: Fork['groups'];
  #next = 0;

  constructor({ groups, onFailure }: Fork) {
    this.#groups = groups;
    this.onFailure = onFailure;
  }

  /** What to send side by side next, `room` branches at most; undefined where nothing is left to try. */
  nextGroup(room: number): readonly Forward[] | undefined {
    while (this.#next < this.#groups.length && room > 0) {
      const group = this.#groups[this.#next++];
      if (group !== undefined && group.length > 0) {
        return group.slice(0, room).map((branch) => ({ kind: 'forward', ...branch }));
      }
    }
    return undefined;
  }
}

/** The failure of a fork is that of its best branch; without any final response it is a timeout (RFC 4320 4.2). */
export function failureOf(best: Branch | undefined): ForwardFailure {
  if (best?.final === undefined) {
    return { kind: 'timeout' };
  }
  if (best.finalCame) {
    return { kind: 'response', response: best.final };
  }
  return best.final.status === 503 ? { kind: 'transport' } : best.timeout;
}
