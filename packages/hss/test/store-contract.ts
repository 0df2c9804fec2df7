import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SubscriberStore } from '../src/store.js';
import type { StoredSubscription, Subscription, SubscriptionState } from '../src/subscription.js';
import { noState } from '../src/subscription.js';

export interface OpenedStore {
  readonly store: SubscriberStore;
  /** Closes it and opens it again on what it kept; absent where it keeps nothing. */
  readonly reopen?: () => Promise<SubscriberStore>;
  close(): Promise<void>;
}

/** A subscription `name` with one implicit set for each list of public identities. */
export function subscriptionOf(name: string, ...sets: readonly string[][]): Subscription {
  const [first = [`sip:${name}@home1.net`], ...more] = sets;
  const setOf = (identities: readonly string[]): Subscription['implicitSets'][0] => ({
    serviceProfiles: [
      {
        publicIdentities: identities.map((identity) => ({ identity, barred: false })) as never,
        initialFilterCriteria: [],
      },
    ],
  });
  return {
    privateIdentities: [{ identity: `${name}_private@home1.net` }],
    implicitSets: [setOf(first), ...more.map(setOf)],
  };
}

const keyFor = (name: string): string => `${name}_private@home1.net`;
const registered = (name: string, set = 0): SubscriptionState => ({
  server: { name: 'sip:scscf1.home1.net', host: 'scscf1.home1.net', realm: 'home1.net' },
  sets: { [set]: { registeredBy: [keyFor(name)] } },
  sequenceNumbers: { [keyFor(name)]: '000000000020' },
});

/** What every store must do, whatever it keeps subscriptions in. `open` gives an empty one each time. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} is a SubscriberStore`, () => {
    lookups(open);
    updates(open);
    changes(open);
    restarts(open);
  });
}

/** A store for the tests of one group, closed after them. */
function opened(open: () => Promise<OpenedStore>): () => OpenedStore {
  let current: OpenedStore | undefined;
  beforeAll(async () => {
    current = await open();
  });
  afterAll(() => current?.close());
  return () => {
    if (current === undefined) throw new Error('the store is not open');
    return current;
  };
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

function changes(open: () => Promise<OpenedStore>): void {
  describe('provisioning', () => {
    const at = opened(open);
    test('what is put is there; what was there before comes back', async () => {
      const { store } = at();
      const first = subscriptionOf('p', ['sip:p@home1.net', 'sip:p2@home1.net']);
      expect(await store.put(first)).toEqual({ kind: 'stored', before: undefined });
      await store.update(keyFor('p'), () => ({ result: 0, state: registered('p') }));
      const second = subscriptionOf('p', ['sip:p@home1.net', 'sip:p3@home1.net']);
      expect(await store.put(second)).toEqual({
        kind: 'stored',
        before: { subscription: first, state: registered('p') },
      });
      expect(await store.byPublicIdentity('sip:p2@home1.net')).toBeUndefined();
      expect(await store.byPublicIdentity('sip:p3@home1.net')).toEqual({
        subscription: second,
        state: registered('p'),
        set: 0,
      });
    });

    test('a set that has moved keeps its registration', async () => {
      const { store } = at();
      await store.put(subscriptionOf('m', ['sip:m1@home1.net'], ['sip:m2@home1.net']));
      await store.update(keyFor('m'), () => ({ result: 0, state: registered('m', 1) }));
      await store.put(subscriptionOf('m', ['sip:m2@home1.net'], ['sip:m3@home1.net']));
      expect((await store.byPrivateIdentity(keyFor('m')))?.state).toEqual(registered('m', 0));
    });

    test('a set that is gone takes its registration with it, the sequence numbers stay', async () => {
      const { store } = at();
      await store.put(subscriptionOf('g', ['sip:g1@home1.net'], ['sip:g2@home1.net']));
      await store.update(keyFor('g'), () => ({ result: 0, state: registered('g', 1) }));
      await store.put(subscriptionOf('g', ['sip:g1@home1.net']));
      const { sequenceNumbers } = registered('g');
      expect((await store.byPrivateIdentity(keyFor('g')))?.state).toEqual({ ...noState, sequenceNumbers });
    });

    test.each([
      [
        'private',
        {
          ...subscriptionOf('thief', ['sip:thief@home1.net']),
          privateIdentities: [{ identity: 'thief' }, { identity: keyFor('owner') }],
        },
        keyFor('owner'),
      ],
      [
        'public',
        {
          ...subscriptionOf('thief', ['sip:a@home1.net', 'TEL:+1.212.555.0000']),
          privateIdentities: [{ identity: 'thief' }],
        },
        'TEL:+1.212.555.0000',
      ],
    ] as [string, Subscription, string][])(
      'a %s identity that another has: refused, nothing changes',
      async (_, thief, identity) => {
        const { store } = at();
        await store.put(subscriptionOf('owner', ['tel:+1-212-555-0000']));
        const taken = { kind: 'identity-taken', identity, wantedBy: 'thief', of: keyFor('owner') };
        expect(await store.put(thief)).toEqual(taken);
        expect(await store.load([thief, subscriptionOf('after')])).toEqual([taken]);
        expect(await store.byPrivateIdentity('thief')).toBeUndefined();
        expect(await store.byPublicIdentity('sip:a@home1.net')).toBeUndefined();
        expect(await store.byPrivateIdentity(keyFor('after'))).toBeDefined();
      },
    );

    test('one public identity twice in a subscription: refused', async () => {
      const twice = subscriptionOf('twice', ['sip:t@home1.net'], ['sip:t@HOME1.net']);
      expect(await at().store.put(twice)).toMatchObject({ kind: 'identity-taken', of: keyFor('twice') });
    });

    test('what is removed is gone, identities and all, and may be put again', async () => {
      const { store } = at();
      const subscription = subscriptionOf('r', ['sip:r!.*!@home1.net']);
      await store.put(subscription);
      await store.update(keyFor('r'), () => ({ result: 0, state: registered('r') }));
      expect(await store.remove(keyFor('r'))).toEqual({ subscription, state: registered('r') });
      expect(await store.remove(keyFor('r'))).toBeUndefined();
      expect(await store.byPublicIdentity('sip:rx@home1.net')).toBeUndefined();
      expect(await store.put(subscription)).toEqual({ kind: 'stored', before: undefined });
      expect(await store.byPublicIdentity('sip:rx@home1.net')).toMatchObject({ state: noState });
    });
  });

  describe('lists', () => {
    const at = opened(open);
    test('in the order of keys, a page at a time', async () => {
      const { store } = at();
      const names = ['d', 'B', 'a', 'C', 'e'];
      const loaded = async function* (): AsyncGenerator<Subscription> {
        for (const name of names) yield await Promise.resolve(subscriptionOf(name));
      };
      expect(await store.count()).toBe(0);
      expect(await store.load(loaded())).toEqual([]);
      expect(await store.count()).toBe(5);
      const page = async (after: string | undefined, limit: number): Promise<string[]> =>
        (await store.list(after, limit)).map(
          ({ subscription }) => subscription.privateIdentities[0].identity,
        );
      expect(await page(undefined, 3)).toEqual(['B', 'C', 'a'].map(keyFor));
      expect(await page(keyFor('a'), 3)).toEqual(['d', 'e'].map(keyFor));
      expect(await page('b', 1)).toEqual([keyFor('d')]);
      expect(await page(keyFor('e'), 3)).toEqual([]);
      await store.remove(keyFor('C'));
      expect(await page(undefined, 2)).toEqual(['B', 'a'].map(keyFor));
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
    await close();
  });
}
