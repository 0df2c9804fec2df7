import type { SubscriberStore } from './store.js';
import type { StoredSubscription, Subscription, SubscriptionState } from './subscription.js';

/** A change of a subscription that is kept. */
export interface StateChange {
  readonly key: string;
  readonly before: StoredSubscription;
  /** The subscription after it; absent: as it was before, only its state is another. */
  readonly subscription?: Subscription;
  readonly state: SubscriptionState;
}

/** A store that tells of each change of a state, once it is kept. */
export function observedStore(
  store: SubscriberStore,
  onChange: (change: StateChange) => void,
): SubscriberStore {
  return {
    kind: store.kind,
    byPrivateIdentity: (identity) => store.byPrivateIdentity(identity),
    byPublicIdentity: (identity) => store.byPublicIdentity(identity),
    update: async (key, change) => {
      let changed: StateChange | undefined;
      const result = await store.update(key, (before) => {
        const decided = change(before);
        // A store may ask again, where another one was faster: the last decision is the one that is kept.
        changed = decided.state && { key, before, state: decided.state };
        return decided;
      });
      if (changed !== undefined) onChange(changed);
      return result;
    },
    put: (subscription) => store.put(subscription),
    remove: (key) => store.remove(key),
    list: (after, limit) => store.list(after, limit),
    count: () => store.count(),
    load: (subscriptions) => store.load(subscriptions),
    loaded: () => store.loaded(),
    setLoaded: (fingerprints) => store.setLoaded(fingerprints),
    close: () => store.close(),
  };
}
