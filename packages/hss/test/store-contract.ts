import { beforeAll, describe, expect, test } from '@jest/globals';
import type { StoredSubscription, Subscription, SubscriptionState } from '../src/subscription.js';
import { noState } from '../src/subscription.js';
import type { OpenedStore } from './store-contract-lab.js';
import { keyFor, opened, registered, subscriptionOf } from './store-contract-lab.js';
import { changes } from './store-contract-changes.js';

export { subscriptionOf, type OpenedStore };

/** What every store must do, whatever it keeps subscriptions in. `open` gives an empty one each time. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} is a SubscriberStore`, () => {
    lookups(open);
    updates(open);
    changes(open);
    restarts(open);
  });
}

function lookups(open: () => Promise<OpenedStore>): void {
  describe('lookups', () => {
    const at = opened(open);
    const alice: Subscription = {
      ...subscriptionOf(
        'alice',
        ['sip:alice@home1.net', 'tel:+1-212-555-1111'],
        ['sip:alice.work@home1.net'],
      ),
      privateIdentities: [{ identity: keyFor('alice') }, { identity: 'alice_tablet@home1.net' }],
    };
    const lists = subscriptionOf('lists', [
      'sip:list!.*!@home1.net',
      'sip:list-1!.*!@home1.net',
      'tel:+1212!.*!',
    ]);
    beforeAll(async () => {
      expect(await at().store.load([alice, lists])).toEqual([]);
    });

    test.each([[keyFor('alice')], ['alice_tablet@home1.net']])('by private identity %s', async (identity) => {
      const stored = await at().store.byPrivateIdentity(identity);
      expect(stored).toEqual({ subscription: alice, state: noState });
    });

    test.each([
      ['sip:alice@home1.net', 0],
      ['sip:alice@HOME1.net;user=phone', 0],
      ['tel:+12125551111', 0],
      ['tel:+1(212)555-1111', 0],
      ['sip:alice.work@home1.net', 1],
    ])('by public identity %s, whatever the way it is written: set %i', async (identity, set) => {
      const found = await at().store.byPublicIdentity(identity);
      expect(found).toMatchObject({ subscription: alice, state: noState, set });
      expect(found?.wildcard).toBeUndefined();
    });

    test.each([
      ['TS 23.003 13.5: a wildcard', 'sip:list9@home1.net', 'sip:list!.*!@home1.net'],
      ['the more specific of two', 'sip:list-17@Home1.net', 'sip:list-1!.*!@home1.net'],
      ['of a tel URI', 'tel:+1-212-555-9999', 'tel:+1212!.*!'],
    ])('%s: %s', async (_, identity, wildcard) => {
      const found = await at().store.byPublicIdentity(identity);
      expect(found).toMatchObject({ subscription: lists, set: 0, wildcard });
    });

    test('a wildcarded identity by itself is no match of it', async () => {
      const found = await at().store.byPublicIdentity('sip:list!.*!@home1.net');
      expect(found).toMatchObject({ subscription: lists });
      expect(found?.wildcard).toBeUndefined();
    });

    test('the identity itself goes before a wildcard that matches', async () => {
      const found = await at().store.byPublicIdentity('tel:+12125551111');
      expect(found).toMatchObject({ subscription: alice });
    });

    test.each([
      ['sip:nobody@home1.net'],
      ['sip:list9@home2.net'],
      [''],
      ["'; drop table--"],
      ['sip:ALICE@home1.net'],
    ])('nobody is %s', async (identity) => {
      expect(await at().store.byPublicIdentity(identity)).toBeUndefined();
      expect(await at().store.byPrivateIdentity(identity)).toBeUndefined();
    });
  });
}

function updates(open: () => Promise<OpenedStore>): void {
  describe('updates', () => {
    const at = opened(open);
    const read = async (name: string): Promise<StoredSubscription | undefined> =>
      at().store.byPrivateIdentity(keyFor(name));
    beforeAll(async () => {
      await at().store.load(['one', 'two', 'three'].map((name) => subscriptionOf(name)));
    });

    test('a state is kept, and the result given', async () => {
      const result = await at().store.update(keyFor('one'), ({ state }) => {
        expect(state).toEqual(noState);
        return { result: 'done', state: registered('one') };
      });
      expect(result).toBe('done');
      expect((await read('one'))?.state).toEqual(registered('one'));
      const found = await at().store.byPublicIdentity('sip:one@home1.net');
      expect(found?.state).toEqual(registered('one'));
    });

    test('no state given: nothing changes', async () => {
      const before = await read('one');
      expect(await at().store.update(keyFor('one'), () => ({ result: 1 }))).toBe(1);
      expect(await read('one')).toEqual(before);
    });

    test('no such subscription: undefined, and nothing is decided', async () => {
      let asked = false;
      const result = await at().store.update('nobody', () => {
        asked = true;
        return { result: 1, state: noState };
      });
      expect([result, asked]).toEqual([undefined, false]);
    });

    test('a decision that throws rejects, and changes nothing', async () => {
      const bad = at().store.update(keyFor('two'), () => {
        throw new Error('cannot decide');
      });
      await expect(bad).rejects.toThrow('cannot decide');
      expect((await read('two'))?.state).toEqual(noState);
      expect(await at().store.update(keyFor('two'), () => ({ result: 'next' }))).toBe('next');
    });

    test('many at once on one subscription: each decides on what the one before has left', async () => {
      const sequenceNumber = (state: SubscriptionState): number =>
        parseInt(state.sequenceNumbers['x'] ?? '0', 16);
      const results = await Promise.all(
        Array.from({ length: 40 }, () =>
          at().store.update(keyFor('three'), ({ state }) => {
            const result = sequenceNumber(state) + 1;
            return { result, state: { ...state, sequenceNumbers: { x: result.toString(16) } } };
          }),
        ),
      );
      expect([...results].sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(sequenceNumber((await read('three'))?.state ?? noState)).toBe(40);
    });
  });
}

function restarts(open: () => Promise<OpenedStore>): void {
  test('after a restart all is there, what was removed is not', async () => {
    const { store, reopen, close } = await open();
    const kept: Subscription = { ...subscriptionOf('kept'), charging: { primaryCcf: 'aaa://ccf.home1.net' } };
    await store.put(kept);
    await store.put(subscriptionOf('removed'));
    await store.update(keyFor('kept'), () => ({ result: 0, state: registered('kept') }));
    await store.remove(keyFor('removed'));
    expect([...(await store.loaded())]).toEqual([]);
    await store.setLoaded(new Map([['before', '1']]));
    const fingerprints = new Map(['kept', 'removed'].map((name) => [keyFor(name), name]));
    await store.setLoaded(fingerprints);
    expect(await store.loaded()).toEqual(fingerprints);
    if (reopen === undefined) {
      await close();
      return;
    }
    const again = await reopen();
    expect(await again.byPublicIdentity('sip:kept@home1.net')).toEqual({
      subscription: kept,
      state: registered('kept'),
      set: 0,
    });
    expect(await again.byPrivateIdentity(keyFor('removed'))).toBeUndefined();
    expect(await again.count()).toBe(1);
    expect(await again.loaded()).toEqual(fingerprints);
    await close();
  });
}
