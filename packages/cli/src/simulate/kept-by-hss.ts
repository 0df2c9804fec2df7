import type { SubscriberStore } from '@ims-sim/hss';

/** What an HSS has of registrations on its disk. */
export function keptByHss(hssStore: (() => SubscriberStore) | undefined): Readonly<Record<string, number>> {
  if (hssStore === undefined) {
    return {};
  }
  const stored = hssStore().list(undefined, Infinity);
  if (stored instanceof Promise) {
    throw new Error('a store in memory answers at once');
  }
  const states = stored.map(({ state }) => state);
  return {
    registeredSets: sum(states.map(({ sets }) => Object.values(sets).filter(isRegistered).length)),
    authenticationPending: sum(states.map(({ authenticationPending = [] }) => authenticationPending.length)),
    restoration: sum(states.map(({ restoration = {} }) => Object.keys(restoration).length)),
  };
}

/** TS 29.228 8.1: an S-CSCF may be kept for a user who is not registered. */
function isRegistered(set: unknown): boolean {
  return set !== 'unregistered';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
