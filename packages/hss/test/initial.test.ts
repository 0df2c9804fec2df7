import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { putInitial } from '../src/initial.js';
import type { SubscriberStore } from '../src/store.js';
import { openLowdbStore } from '../src/store/lowdb-store.js';
import type { Subscription } from '../src/subscription.js';
import { keyFor, registered, subscriptionOf } from './store-contract-lab.js';

const folder = mkdtempSync(join(tmpdir(), 'hss-initial-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const alice = subscriptionOf('alice');
const bob = subscriptionOf('bob');
const changed: Subscription = { ...alice, serverNames: ['sip:scscf2.home1.net'] };

describe('the subscribers of the network file', () => {
  let count = 0;
  let path = '';
  let store: SubscriberStore;
  beforeEach(async () => {
    path = join(folder, `${String(count++)}.json`);
    store = await openLowdbStore(path);
    await putInitial(store, [alice, bob]);
  });

  async function startAgain(initial: readonly Subscription[]): Promise<void> {
    await store.close();
    store = await openLowdbStore(path);
    await putInitial(store, initial);
  }
  const subscriptionAt = async (name: string): Promise<Subscription | undefined> =>
    (await store.byPrivateIdentity(keyFor(name)))?.subscription;

  test('are there, and there once more after a restart', async () => {
    expect([await subscriptionAt('alice'), await subscriptionAt('bob')]).toEqual([alice, bob]);
    await startAgain([alice, bob]);
    expect([await subscriptionAt('alice'), await subscriptionAt('bob')]).toEqual([alice, bob]);
  });

  test('what provisioning has changed stays changed, with its registration', async () => {
    await store.update(keyFor('alice'), () => ({ result: 0, state: registered('alice') }));
    await store.put(changed);
    await startAgain([alice, bob]);
    expect(await store.byPrivateIdentity(keyFor('alice'))).toEqual({
      subscription: changed,
      state: registered('alice'),
    });
  });

  test('what provisioning has removed stays away, over two restarts', async () => {
    await store.remove(keyFor('alice'));
    await startAgain([alice, bob]);
    await startAgain([bob, alice]);
    expect([await subscriptionAt('alice'), await subscriptionAt('bob')]).toEqual([undefined, bob]);
  });

  test.each(['changed', 'removed'])(
    'what provisioning has %s is as a file has it that says new',
    async (how) => {
      await (how === 'removed' ? store.remove(keyFor('alice')) : store.put(changed));
      const now: Subscription = { ...alice, serverNames: ['sip:scscf3.home1.net'] };
      await startAgain([now, bob]);
      expect(await subscriptionAt('alice')).toEqual(now);
    },
  );

  test('the same in another order of its keys is nothing new', async () => {
    await store.put(changed);
    const { implicitSets, privateIdentities } = alice;
    await startAgain([{ implicitSets, privateIdentities }, bob]);
    expect(await subscriptionAt('alice')).toEqual(changed);
  });

  test('whom provisioning has added before the file had it is provisioning’s', async () => {
    const added: Subscription = { ...subscriptionOf('carol'), serverNames: ['sip:scscf2.home1.net'] };
    await store.put(added);
    await startAgain([alice, bob, subscriptionOf('carol')]);
    expect(await subscriptionAt('carol')).toEqual(added);
  });

  test('one that has left the file stays; if it comes back after it was removed, it is loaded', async () => {
    await startAgain([bob]);
    expect(await subscriptionAt('alice')).toEqual(alice);
    await store.remove(keyFor('alice'));
    await startAgain([alice, bob]);
    expect(await subscriptionAt('alice')).toEqual(alice);
  });

  test('a kill between the subscriptions and what is noted of them: loaded once more, nobody lost', async () => {
    const now: Subscription = { ...alice, serverNames: ['sip:scscf3.home1.net'] };
    const killed: SubscriberStore = { ...store, setLoaded: () => Promise.reject(new Error('killed')) };
    await expect(putInitial(killed, [now, subscriptionOf('carol')])).rejects.toThrow('killed');
    await startAgain([now, subscriptionOf('carol')]);
    expect([await subscriptionAt('alice'), await subscriptionAt('carol')]).toEqual([
      now,
      subscriptionOf('carol'),
    ]);
    await store.put(changed);
    await startAgain([now, subscriptionOf('carol')]);
    expect(await subscriptionAt('alice')).toEqual(changed);
  });

  test('two that want one identity: an error that names it, at every start', async () => {
    const thief = { ...alice, privateIdentities: [{ identity: 'thief' }] as const };
    await expect(startAgain([alice, bob, thief])).rejects.toThrow('sip:alice@home1.net is an identity of');
    await expect(startAgain([alice, bob, thief])).rejects.toThrow('sip:alice@home1.net is an identity of');
  });
});
