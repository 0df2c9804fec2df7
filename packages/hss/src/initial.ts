import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SubscriberStore } from './store.js';
import type { StoredSubscription, Subscription } from './subscription.js';
import { keyOf } from './subscription.js';

/** Lookups at a time. */
const LOOKUPS = 64;

/**
 * Loads subscriptions that the store never had, and those that are others than when they were last loaded: what provisioning
 * has changed or removed since stays so over a restart. What is no longer among `initial` stays in the store; its fingerprint
 * goes. States stay.
 * @throws Error that names the identity which two subscriptions have.
 */
export async function putInitial(store: SubscriberStore, initial: readonly Subscription[]): Promise<void> {
  const before = await store.loaded();
  const now = new Map<string, string>();
  const changed: Subscription[] = [];
  for (const one of initial) {
    const subscription = asKept(one);
    const key = keyOf(subscription);
    const fingerprint = fingerprintOf(subscription);
    if (before.get(key) !== fingerprint) changed.push(subscription);
    now.set(key, fingerprint);
  }
  const wanted = await toLoad(store, changed, before);
  const [taken] = wanted.length === 0 ? [] : await store.load(wanted);
  if (taken !== undefined) {
    throw new Error(
      `${taken.identity} is an identity of ${taken.of} and of ${taken.wantedBy}: give each its own`,
    );
  }
  // After the subscriptions: a kill in between has them loaded once more, not never.
  if (!isDeepStrictEqual(before, now)) await store.setLoaded(now);
}

/** Those that are not as the store has them; one that it has from somebody else than the file is that one's. */
async function toLoad(
  store: SubscriberStore,
  changed: readonly Subscription[],
  loaded: ReadonlyMap<string, string>,
): Promise<Subscription[]> {
  const wanted: Subscription[] = [];
  const isWanted = (subscription: Subscription, there: StoredSubscription | undefined): boolean =>
    there === undefined ||
    (loaded.has(keyOf(subscription)) && !isDeepStrictEqual(there.subscription, subscription));
  for (let at = 0; at < changed.length; at += LOOKUPS) {
    const some = changed.slice(at, at + LOOKUPS);
    const there = await Promise.all(some.map((subscription) => store.byPrivateIdentity(keyOf(subscription))));
    wanted.push(...some.filter((subscription, i) => isWanted(subscription, there[i])));
  }
  return wanted;
}

/** As a store has it: without what is undefined. */
function asKept(subscription: Subscription): Subscription {
  return JSON.parse(JSON.stringify(subscription)) as Subscription;
}

/** The same for the same content, in whatever order its keys are. */
function fingerprintOf(subscription: Subscription): string {
  return createHash('sha256').update(JSON.stringify(subscription, inOrder)).digest('base64url');
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
