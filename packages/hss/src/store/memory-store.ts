import type { IdentityTaken, SubscriberStore } from '../store.js';
import type { Subscription } from '../subscription.js';
import { MemoryIndex } from './memory-index.js';

export { MemoryIndex } from './memory-index.js';

/** A store in memory, gone with the process. */
export function memoryStore(): SubscriberStore {
  const index = new MemoryIndex();
  return {
    kind: 'memory',
    byPrivateIdentity: (identity) => index.byPrivateIdentity(identity),
    byPublicIdentity: (identity) => index.byPublicIdentity(identity),
    update: async (key, change) => {
      const current = index.get(key);
      if (current === undefined) return undefined;
      const { result, state } = change(current);
      if (state !== undefined) index.setState(key, state);
      return result;
    },
    put: async (subscription) => index.put(subscription),
    remove: async (key) => index.remove(key),
    list: (after, limit) => index.list(after, limit),
    count: () => index.size,
    load: (subscriptions) => loadInto(index, subscriptions),
    loaded: () => index.loaded,
    setLoaded: async (fingerprints) => {
      index.loaded = new Map(fingerprints);
    },
    close: async () => undefined,
  };
}

/** Puts them all; those that cannot be put are reported. */
export async function loadInto(
  index: MemoryIndex,
  subscriptions: Iterable<Subscription> | AsyncIterable<Subscription>,
): Promise<IdentityTaken[]> {
  const taken: IdentityTaken[] = [];
  const put = (subscription: Subscription): void => {
    const outcome = index.put(subscription);
    if (outcome.kind === 'identity-taken') taken.push(outcome);
  };
  if (Symbol.asyncIterator in subscriptions)
    for await (const subscription of subscriptions) put(subscription);
  else for (const subscription of subscriptions) put(subscription);
  return taken;
}
