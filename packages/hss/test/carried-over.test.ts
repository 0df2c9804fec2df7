import { describe, expect, test } from '@jest/globals';
import { carriedOver } from '../src/store/carried-over.js';
import type { Subscription, SubscriptionState } from '../src/subscription.js';
import { noState } from '../src/subscription.js';
import { family, registered, server, stored } from './lab.js';
import { subscriptionOf } from './store-contract-lab.js';

const [phone, tablet] = ['phone@home1.net', 'tablet@home1.net'];
const both: SubscriptionState = {
  ...registered,
  sets: { '0': { registeredBy: [phone, tablet] } },
  sequenceNumbers: { [phone]: '000000000020', [tablet]: '000000000040' },
  authenticationPending: [tablet],
  restoration: {
    [phone]: { privateIdentity: phone, registrations: [] },
    [tablet]: { privateIdentity: tablet, registrations: [] },
  },
};
const without = (gone: string): Subscription => ({
  ...family,
  privateIdentities: family.privateIdentities.filter(({ identity }) => identity !== gone) as never,
});

describe('the state of a subscription that is replaced', () => {
  test('by the same, or with other services: it stays', () => {
    expect(carriedOver(stored(family, both), family)).toEqual(both);
    expect(carriedOver(stored(family, both), { ...family, charging: {} })).toEqual(both);
  });

  test('without one of its private identities: what is that one’s goes', () => {
    expect(carriedOver(stored(family, both), without(tablet))).toEqual({
      ...registered,
      sets: { '0': { registeredBy: [phone] } },
      sequenceNumbers: { [phone]: '000000000020' },
      restoration: { [phone]: { privateIdentity: phone, registrations: [] } },
    });
  });

  test('without the only one that has registered: nobody serves it', () => {
    const before = { ...both, sets: { '0': { registeredBy: [tablet] } } };
    expect(carriedOver(stored(family, before), without(tablet))).toEqual({
      ...noState,
      sequenceNumbers: { [phone]: '000000000020' },
    });
  });

  test('two sets that become one: registered by all that had registered either', () => {
    const two = subscriptionOf('x', ['sip:a@h'], ['sip:b@h']);
    const one = subscriptionOf('x', ['sip:a@h', 'sip:b@h']);
    const by = ['x_private@home1.net'];
    const before = { ...noState, server, sets: { '0': 'unregistered', '1': { registeredBy: by } } } as const;
    const after = { ...noState, server, sets: { '0': { registeredBy: by } } };
    expect(carriedOver(stored(two, before), one)).toEqual(after);
  });
});
