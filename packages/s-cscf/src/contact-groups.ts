import type { Headers } from '@ims-sim/sip';
import type { Binding } from './served-user.js';

/** What a caller asks of proxies that have several contacts (RFC 3841 9.1). */
export interface Disposition {
  /** `no-fork`: one contact only. */
  readonly forks: boolean;
  /** All at once or one after the other, whatever their q values. */
  readonly order: 'parallel' | 'sequential' | undefined;
}

/**
 * TS 24.229 5.4.3.3, RFC 3261 16.6: contacts in the order in which they are tried: groups in series, by q from the highest
 * down; those of one group at once. `bindings` are in the order in which they were registered; of two contacts with one q
 * the newer goes first where only one can.
 * Deviation: Accept-Contact and Reject-Contact (RFC 3841 7.2) are not looked at: no contact is preferred by what it can do.
 */
export function contactGroups(
  bindings: readonly Binding[],
  { forks, order }: Disposition,
): readonly (readonly Binding[])[] {
  const sorted = bindings.toReversed().sort((a, b) => b.q - a.q);
  if (!forks) {
    return sorted.slice(0, 1).map((binding) => [binding]);
  }
  if (order === 'parallel') {
    return sorted.length === 0 ? [] : [sorted];
  }
  const groups: Binding[][] = [];
  for (const binding of sorted) {
    const last = groups.at(-1);
    if (order === undefined && last?.[0]?.q === binding.q) {
      last.push(binding);
    } else {
      groups.push([binding]);
    }
  }
  return groups;
}

const DEFAULT: Disposition = { forks: true, order: undefined };

/** RFC 3841 9.1: of directives that contradict each other the first holds; what is unknown is ignored. */
export function dispositionOf(headers: Headers): Disposition {
  let forks: boolean | undefined;
  let order: Disposition['order'];
  for (const { key, value } of headers) {
    if (key !== 'request-disposition' && key !== 'd') {
      continue;
    }
    for (const directive of value.toLowerCase().split(',')) {
      const name = directive.trim();
      if (name === 'fork' || name === 'no-fork') {
        forks ??= name === 'fork';
      } else if (name === 'parallel' || name === 'sequential') {
        order ??= name;
      }
    }
  }
  return forks === undefined && order === undefined ? DEFAULT : { forks: forks ?? true, order };
}
