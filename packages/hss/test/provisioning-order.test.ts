import { describe, expect, test } from '@jest/globals';
import type { ProvisioningEvents } from '../src/provisioning-events.js';
import { changeQueue } from '../src/provisioning/change-queue.js';
import { subscriberChanges } from '../src/provisioning/subscriber-changes.js';
import type { SubscriberStore } from '../src/store.js';
import { memoryStore } from '../src/store/memory-store.js';
import { keyOf, type StoredSubscription, type Subscription } from '../src/subscription.js';
import { plain, provisioned, register } from './provisioning-kit.js';

const BOB = 'bob@home1.net';

function bob(capability: number): Subscription {
  return { ...plain('bob'), capabilities: { mandatory: [capability], optional: [] } };
}

/** Telling S-CSCFs that waits until it is let go. */
function slowEvents() {
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const tell = (line: string): Promise<string> =>
    new Promise((resolve) => {
      told.push(line);
      waiting.push(() => resolve(line));
    });
  const shown = ({ subscription }: StoredSubscription) =>
    `${keyOf(subscription)} ${String(subscription.capabilities?.mandatory[0] ?? '-')}`;
  const events: ProvisioningEvents = {
    changed: (_before, now) => tell(`PPR ${shown(now)}`),
    removed: (before) => tell(`RTR ${shown(before)}`),
    deregister: (key) => tell(`RTR ${key}`),
  };
  return { events, told, letGo: () => waiting.shift()?.() };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

/** A store that stores a turn later, and says when two change it at once. */
function watchedStore(): { readonly store: SubscriberStore; readonly atOnce: () => number } {
  const inner = memoryStore();
  let [now, most] = [0, 0];
  const alone = async <T>(step: () => Promise<T>): Promise<T> => {
    most = Math.max(most, ++now);
    await turns();
    const result = await step();
    now--;
    return result;
  };
  const store = Object.assign(Object.create(inner) as SubscriberStore, {
    put: (subscription: Subscription) => alone(() => inner.put(subscription)),
    remove: (key: string) => alone(() => inner.remove(key)),
  });
  return { store, atOnce: () => most };
}

describe('changes of subscribers, side by side', () => {
  test('a removal waits its turn as everything that stores', async () => {
    const { store, atOnce } = watchedStore();
    const tell = () => Promise.resolve('');
    const changes = subscriberChanges(store, { changed: tell, removed: tell, deregister: tell });
    await changes.add(plain('bob'));
    await changes.add(plain('carol'));
    await Promise.all([
      changes.remove(BOB),
      changes.add(plain('dave')),
      changes.change('carol@home1.net', plain('carol')),
    ]);
    expect(atOnce()).toBe(1);
    expect(await store.byPrivateIdentity(BOB)).toBeUndefined();
  });

  test('the S-CSCF hears of the changes of one user in their order, of others meanwhile', async () => {
    const store = memoryStore();
    const { events, told, letGo } = slowEvents();
    const changes = subscriberChanges(store, events);
    await changes.add(plain('bob'));
    await changes.add(plain('carol'));
    const all = [
      changes.change(BOB, bob(1)),
      changes.change(BOB, bob(2)),
      changes.change('carol@home1.net', plain('carol')),
      changes.remove(BOB),
    ];
    await turns();
    expect(told).toEqual(['PPR bob@home1.net 1', 'PPR carol@home1.net -']);
    letGo();
    await turns();
    expect(told.slice(2)).toEqual(['PPR bob@home1.net 2']);
    letGo();
    letGo();
    await turns();
    expect(told.slice(3)).toEqual(['RTR bob@home1.net 2']);
    letGo();
    await Promise.all(all);
  });

  test('one that failed holds nobody up', async () => {
    const changes = subscriberChanges(memoryStore(), slowEvents().events);
    await changes.add(plain('bob'));
    await expect(changes.add(plain('bob'))).rejects.toMatchObject({ status: 409 });
    await expect(changes.change(BOB, plain('carol'))).rejects.toMatchObject({ status: 400 });
    await expect(changes.add(plain('dave'))).resolves.toBeUndefined();
  });

  test('too many at a time: 503 with Retry-After, and nothing is stored; then there is room again', async () => {
    const store = memoryStore();
    const { events, letGo, told } = slowEvents();
    const changes = subscriberChanges(store, events, changeQueue(1));
    const running = await provisioned({ store, changes });
    try {
      await store.put(plain('bob'));
      await register(store, BOB);
      const slow = running.ask('PUT', '/subscribers/bob%40home1.net', bob(1));
      while (told.length === 0) await new Promise(setImmediate);
      const refused = await running.ask('POST', '/subscribers', plain('carol'));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
      expect((await running.ask('DELETE', '/subscribers/bob%40home1.net')).status).toBe(503);
      expect(await store.count()).toBe(1);
      letGo();
      expect((await slow).status).toBe(200);
      expect((await running.ask('POST', '/subscribers', plain('carol'))).status).toBe(201);
    } finally {
      await running.close();
    }
  });
});
