import type { Maybe, SubscriberStore } from './store.js';
import type { StoredSubscription } from './subscription.js';
import { keyOf } from './subscription.js';

/** Whose the identities of a request are. */
export type Identified =
  | { readonly kind: 'owner'; readonly key: string; readonly stored: StoredSubscription }
  | { readonly kind: 'unknown-user'; readonly identity: string }
  | { readonly kind: 'identities-dont-match'; readonly identity: string }
  | { readonly kind: 'no-identity' };

/**
 * The first two steps of the procedures of TS 29.228 6.1.1.1, 6.1.2.1 and 6.3.1: 1. the identities are known; 2. they are of one
 * subscription.
 */
export function identify(
  store: SubscriberStore,
  privateIdentity: string | undefined,
  publicIdentities: readonly string[],
): Maybe<Identified> {
  const found: Maybe<StoredSubscription | undefined>[] = publicIdentities.map((identity) =>
    store.byPublicIdentity(identity),
  );
  const identities = [...publicIdentities];
  if (privateIdentity !== undefined) {
    found.unshift(store.byPrivateIdentity(privateIdentity));
    identities.unshift(privateIdentity);
  }
  return found.some(isPromise)
    ? Promise.all(found).then((all) => ownerOf(identities, all))
    : ownerOf(identities, found as readonly (StoredSubscription | undefined)[]);
}

/** Goes on with a value when it is there: at once, or when it comes. */
export function whenThere<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

function ownerOf(
  identities: readonly string[],
  found: readonly (StoredSubscription | undefined)[],
): Identified {
  const unknown = found.indexOf(undefined);
  if (unknown >= 0) return { kind: 'unknown-user', identity: identities[unknown] ?? '' };
  const [stored] = found;
  if (stored === undefined) return { kind: 'no-identity' };
  const key = keyOf(stored.subscription);
  const other = found.findIndex((one) => one !== undefined && keyOf(one.subscription) !== key);
  if (other >= 0) return { kind: 'identities-dont-match', identity: identities[other] ?? '' };
  return { kind: 'owner', key, stored };
}

/** By its `then`: a promise may be of another realm. */
function isPromise<T>(value: Maybe<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | undefined)?.then === 'function';
}
