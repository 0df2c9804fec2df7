import { describe, expect, test } from '@jest/globals';
import type { LocationInfo, LocationInfoAnswer } from '@ims-sim/cx';
import { locationInfo } from '../src/location-info.js';
import { hasUnregisteredServices } from '../src/service-profile.js';
import { memoryStore } from '../src/store/memory-store.js';
import type { ImplicitSet, SubscriptionState } from '../src/subscription.js';
import { keyOf } from '../src/subscription.js';
import {
  SCSCF,
  all,
  authenticating,
  none,
  notRegistered,
  pending,
  registered,
  server,
  services,
  unregistered,
  user1,
} from './lab.js';

const publicIdentity = 'sip:user1_public1@home1.net';
const capabilities = { mandatory: [1], optional: [2], serverNames: [SCSCF] };
const served: LocationInfoAnswer = { kind: 'served', serverName: SCSCF };
const nothing: LocationInfoAnswer = { kind: 'identity-not-registered' };
const choose: LocationInfoAnswer = { kind: 'unregistered-service', capabilities };

async function outcomeOf(asked: LocationInfo, state: SubscriptionState) {
  const store = memoryStore();
  await store.load(all);
  await store.update(keyOf(user1), () => ({ result: 0, state }));
  return locationInfo(asked, await store.byPublicIdentity(asked.publicIdentity));
}

describe('TS 29.228 6.1.4.1 location info', () => {
  test.each<[string, LocationInfo, SubscriptionState, LocationInfoAnswer]>([
    ['1: unknown', { publicIdentity: 'sip:x@home1.net' }, notRegistered, { kind: 'unknown-user' }],
    ['4: registered', { publicIdentity }, registered, served],
    ['4: registered, by its number', { publicIdentity: 'tel:+1(212)555.1111' }, registered, served],
    ['4: unregistered, without services for it', { publicIdentity }, unregistered, nothing],
    ['4: unregistered, originating', { publicIdentity, originating: true }, unregistered, served],
    ['4: not registered, without services for it', { publicIdentity }, notRegistered, nothing],
    ['4: not registered, an authentication has begun', { publicIdentity }, authenticating, nothing],
    ['4: not registered, originating', { publicIdentity, originating: true }, notRegistered, choose],
    [
      '4: not registered, with services for it',
      { publicIdentity: 'sip:work@home1.net' },
      notRegistered,
      choose,
    ],
    [
      '4: not registered, but another set is: one S-CSCF for a subscription',
      { publicIdentity: 'sip:work@home1.net' },
      registered,
      served,
    ],
    [
      '4: not registered, nothing but barred',
      { publicIdentity: 'sip:barred@home1.net' },
      notRegistered,
      { kind: 'unregistered-service', capabilities: none },
    ],
    [
      '2: a public service identity at an AS',
      { publicIdentity: 'sip:conference@home1.net' },
      notRegistered,
      { kind: 'served', serverName: 'sip:as1.home1.net' },
    ],
    [
      '2: what it originates goes through an S-CSCF',
      { publicIdentity: 'sip:conference@home1.net', originating: true },
      notRegistered,
      { kind: 'unregistered-service', capabilities: none },
    ],
    [
      '2: one that a wildcard stands for',
      { publicIdentity: 'sip:chatlist9@home1.net' },
      notRegistered,
      { kind: 'unregistered-service', capabilities: none, wildcardedIdentity: 'sip:chatlist!.*!@home1.net' },
    ],
    [
      '3: capabilities though assigned: DIAMETER_SUCCESS',
      { publicIdentity, wantsCapabilities: true },
      registered,
      { ...choose, reassignment: true },
    ],
    ['3: capabilities, not assigned', { publicIdentity, wantsCapabilities: true }, notRegistered, nothing],
  ])('%s', async (_, asked, state, answer) => {
    expect((await outcomeOf(asked, state)).answer).toEqual(answer);
  });

  test('a wildcarded service that an S-CSCF serves already', () => {
    const state = { ...notRegistered, server, sets: { '1': 'unregistered' } } as const;
    const found = { subscription: services, state, set: 1, wildcard: 'sip:chatlist!.*!@home1.net' };
    expect(locationInfo({ publicIdentity: 'sip:chatlist1@home1.net' }, found).answer).toEqual({
      ...served,
      wildcardedIdentity: 'sip:chatlist!.*!@home1.net',
    });
  });

  test('3: who asks for capabilities may give the user to another S-CSCF; nobody else changes anything', async () => {
    const asked = { publicIdentity, wantsCapabilities: true };
    expect((await outcomeOf(asked, registered)).state).toEqual(pending);
    expect((await outcomeOf(asked, pending)).state).toBeUndefined();
    expect((await outcomeOf({ publicIdentity }, registered)).state).toBeUndefined();
  });

  test('the services of a shared set, where the HSS knows it; where not, there may be some', async () => {
    const work = { publicIdentity: 'sip:work@home1.net' };
    const found = { subscription: user1, state: notRegistered, set: 1 };
    const part = (profilePartIndicator: 'registered' | 'unregistered') => ({
      7: [{ priority: 0, applicationServer, profilePartIndicator }],
    });
    expect(locationInfo(work, found).answer).toEqual(choose);
    expect(locationInfo(work, found, part('unregistered')).answer).toEqual(choose);
    expect(locationInfo(work, found, part('registered')).answer).toEqual(nothing);
  });

  const applicationServer = { serverName: 'sip:as', defaultHandling: 'session-continued' } as const;
  const criterion = { priority: 0, applicationServer };
  const sessionCase = (is: 'terminating-registered' | 'terminating-unregistered', negated = false) => ({
    ...criterion,
    triggerPoint: {
      cnf: true,
      servicePointTriggers: [{ kind: 'session-case' as const, negated, groups: [0], sessionCase: is }],
    },
  });
  test.each([
    ['no trigger point', criterion, true],
    ['registered part', { ...criterion, profilePartIndicator: 'registered' as const }, false],
    ['terminating registered', sessionCase('terminating-registered'), false],
    ['terminating unregistered', sessionCase('terminating-unregistered'), true],
    ['not terminating registered', sessionCase('terminating-registered', true), true],
    ['not terminating unregistered', sessionCase('terminating-unregistered', true), false],
  ])('a service while not registered: %s', (_, initialFilterCriteria, expected) => {
    const set: ImplicitSet = {
      serviceProfiles: [
        {
          publicIdentities: [{ identity: 'sip:x', barred: false }],
          initialFilterCriteria: [initialFilterCriteria],
        },
      ],
    };
    expect(hasUnregisteredServices(set)).toBe(expected);
  });
});
