import { isDeepStrictEqual } from 'node:util';
import type { SubscriberStore } from './store.js';
import type { Subscription } from './subscription.js';
import { keyOf } from './subscription.js';

/** Lookups at a time. */
const LOOKUPS = 64;

/**
 * Puts subscriptions into a store where their content differs; states stay.
 * @throws Error that names the identity which two subscriptions have.
 */
export async function putInitial(store: SubscriberStore, initial: readonly Subscription[]): Promise<void> {
  const different: Subscription[] = [];
  for (let at = 0; at < initial.length; at += LOOKUPS) {
    const some = initial.slice(at, at + LOOKUPS).map(asKept);
    const there = await Promise.all(some.map((subscription) => store.byPrivateIdentity(keyOf(subscription))));
    different.push(
      ...some.filter((subscription, i) => !isDeepStrictEqual(there[i]?.subscription, subscription)),
    );
  }
  const [taken] = different.length === 0 ? [] : await store.load(different);
  if (taken === undefined) return;
  throw new Error(
    `${taken.identity} is an identity of ${taken.of} and of ${taken.wantedBy}: give each its own`,
  );
}

/** As a store has it: without what is undefined. */
function asKept(subscription: Subscription): Subscription {
  return JSON.parse(JSON.stringify(subscription)) as Subscription;
}
