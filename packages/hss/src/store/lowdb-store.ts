import type { IdentityTaken, SubscriberStore } from '../store.js';
import type { Subscription } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { openFile } from './lowdb-file.js';
import { GroupedWrites } from './lowdb-writes.js';
import { MemoryIndex } from './memory-index.js';

/**
 * Subscriptions in a JSON file (lowdb), for populations of about 10,000: all of it is in memory, from which reads are answered
 * in the same turn, and every write replaces the file. What resolves after a change has it in the file.
 * @throws Error that names the file and says what to do, where it cannot be used.
 */
export async function openLowdbStore(path: string): Promise<SubscriberStore> {
  const index = new MemoryIndex();
  const file = await openFile(path, index);
  const store = storeOn(index, new GroupedWrites(index, file.write));
  return {
    ...store,
    close: async () => {
      await store.close();
      await file.close();
    },
  };
}

/** As `openLowdbStore`, with what writes the file handed in. */
export function storeOn(index: MemoryIndex, writes: GroupedWrites): SubscriberStore {
  return {
    kind: 'lowdb',
    byPrivateIdentity: (identity) => index.byPrivateIdentity(identity),
    byPublicIdentity: (identity) => index.byPublicIdentity(identity),
    update: async (key, change) => {
      const current = index.get(key);
      if (current === undefined) {
        await writes.pendingOf(key); // A removal that the disk may still refuse.
        return undefined;
      }
      const { result, state } = change(current);
      if (state === undefined) await writes.pendingOf(key);
      else {
        writes.before(key, current);
        index.setState(key, state);
        await writes.written();
      }
      return result;
    },
    put: async (subscription) => {
      const outcome = index.put(subscription);
      if (outcome.kind === 'identity-taken') return outcome;
      writes.before(keyOf(subscription), outcome.before);
      await writes.written();
      return outcome;
    },
    remove: async (key) => {
      const before = index.remove(key);
      if (before === undefined) {
        await writes.pendingOf(key);
        return undefined;
      }
      writes.before(key, before);
      await writes.written();
      return before;
    },
    list: (after, limit) => index.list(after, limit),
    count: () => index.size,
    load: (subscriptions) => loadInto(index, writes, subscriptions),
    loaded: () => index.loaded,
    setLoaded: async (fingerprints) => {
      const before = index.loaded;
      index.loaded = new Map(fingerprints);
      try {
        await writes.written();
      } catch (error) {
        index.loaded = before;
        throw error;
      }
    },
    close: () => writes.idle(),
  };
}

async function loadInto(
  index: MemoryIndex,
  writes: GroupedWrites,
  subscriptions: Parameters<SubscriberStore['load']>[0],
): Promise<IdentityTaken[]> {
  // All in one turn: so all in one write, or none.
  const all: Subscription[] = [];
  for await (const subscription of subscriptions) all.push(subscription);
  const taken: IdentityTaken[] = [];
  for (const subscription of all) {
    const outcome = index.put(subscription);
    if (outcome.kind === 'identity-taken') taken.push(outcome);
    else writes.before(keyOf(subscription), outcome.before);
  }
  if (taken.length < all.length) await writes.written();
  return taken;
}
