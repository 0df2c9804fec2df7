import { describe, expect, test } from '@jest/globals';
import type { Subscription } from '../src/subscription.js';
import { noState } from '../src/subscription.js';
import type { OpenedStore } from './store-contract-lab.js';
import { keyFor, opened, registered, subscriptionOf } from './store-contract-lab.js';

/** Provisioning, and lists. */
export function changes(open: () => Promise<OpenedStore>): void {
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
