import type { StoredSubscription, Subscription, SubscriptionState } from './subscription.js';

/** A value that is there, or comes: a store in memory answers in the same turn. */
export type Maybe<T> = T | Promise<T>;

/**
 * Where an HSS keeps its subscriptions. One process has a store at a time. Everything that resolves after a change has it on
 * disk: what was answered as done survives a kill. Rejects with an Error that says what and where when the store cannot be
 * used; the request that asked is then answered with DIAMETER_UNABLE_TO_COMPLY and nothing has changed.
 */
export interface SubscriberStore {
  readonly kind: 'memory' | 'lowdb' | 'postgresql';
  byPrivateIdentity(identity: string): Maybe<StoredSubscription | undefined>;
  /**
   * Whatever the way a public identity is written (`normalizeIdentity`). Where no identity is it, the wildcarded one that
   * matches (TS 23.003 13.5).
   */
  byPublicIdentity(identity: string): Maybe<FoundByPublicIdentity | undefined>;
  /**
   * Lets `change` decide on the newest state and keeps what it gives; two updates of one subscription never overlap. Where
   * `change` gives no state, nothing is written, and the promise still waits for writes of this subscription that are under
   * way. Undefined where there is no such subscription.
   */
  update<Result>(
    key: string,
    change: (current: StoredSubscription) => {
      readonly result: Result;
      readonly state?: SubscriptionState | undefined;
    },
  ): Promise<Result | undefined>;
  /** Adds or replaces a subscription; a state that is kept under its key stays. Resolves with what was there before. */
  put(subscription: Subscription): Promise<PutOutcome>;
  /** Resolves with what was there. */
  remove(key: string): Promise<StoredSubscription | undefined>;
  /** In the order of their keys, from after `after`, at most `limit`. */
  list(after: string | undefined, limit: number): Maybe<readonly StoredSubscription[]>;
  count(): Maybe<number>;
  /** As `put` for many at once, for loading; those that another subscription's identity forbids are reported and left out. */
  load(
    subscriptions: Iterable<Subscription> | AsyncIterable<Subscription>,
  ): Promise<readonly IdentityTaken[]>;
  /** By key, what `setLoaded` was given last; none where it never was. */
  loaded(): Maybe<ReadonlyMap<string, string>>;
  /**
   * Keeps fingerprints of subscriptions as they were loaded from a file, whatever has become of the subscriptions since; they
   * take the place of those before.
   */
  setLoaded(fingerprints: ReadonlyMap<string, string>): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

export interface FoundByPublicIdentity extends StoredSubscription {
  /** Index of the implicit set that has it. */
  readonly set: number;
  /** The wildcarded identity of the profile that matched; absent where the identity itself is there. */
  readonly wildcard?: string | undefined;
}

export type PutOutcome =
  { readonly kind: 'stored'; readonly before: StoredSubscription | undefined } | IdentityTaken;

/** An identity of a subscription belongs to another one already. */
export interface IdentityTaken {
  readonly kind: 'identity-taken';
  readonly identity: string;
  /** Key of the subscription that wanted it, and of the one that has it. */
  readonly wantedBy: string;
  readonly of: string;
}
