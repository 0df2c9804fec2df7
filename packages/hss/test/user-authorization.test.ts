import { describe, expect, test } from '@jest/globals';
import type { UserAuthorization, UserAuthorizationAnswer } from '@ims-sim/cx';
import type { SubscriptionState } from '../src/subscription.js';
import { userAuthorization } from '../src/user-authorization.js';
import {
  SCSCF,
  authenticating,
  barred,
  family,
  notRegistered,
  pending,
  registered,
  services,
  stored,
  unregistered,
  user1,
} from './lab.js';

const ask: UserAuthorization = {
  privateIdentity: 'user1_private@home1.net',
  publicIdentity: 'sip:user1_public1@home1.net',
  visitedNetwork: 'home1.net',
  type: 'registration',
};
const capabilities = { mandatory: [1], optional: [2], serverNames: [SCSCF] };
const first: UserAuthorizationAnswer = { kind: 'first-registration', capabilities };
const subsequent: UserAuthorizationAnswer = { kind: 'subsequent-registration', serverName: SCSCF };
const nothing: UserAuthorizationAnswer = { kind: 'identity-not-registered' };

describe('TS 29.228 6.1.1.1 user authorization', () => {
  test.each<[string, Partial<UserAuthorization>, SubscriptionState, UserAuthorizationAnswer]>([
    ['3: barred, but not the whole set', { publicIdentity: 'sip:hidden@home1.net' }, notRegistered, first],
    [
      '4: roaming where it may not',
      { visitedNetwork: 'visited9.net' },
      registered,
      { kind: 'roaming-not-allowed' },
    ],
    ['4: roaming where it may', { visitedNetwork: 'visited2.NET' }, notRegistered, first],
    ['4: at home', { visitedNetwork: 'HOME1.net' }, notRegistered, first],
    [
      '4: the other set may be anywhere',
      { publicIdentity: 'sip:work@home1.net', visitedNetwork: 'x' },
      notRegistered,
      first,
    ],
    [
      '4: no roaming asked for a deregistration',
      { visitedNetwork: 'x', type: 'de-registration' },
      registered,
      subsequent,
    ],
    [
      '4: roaming asked for capabilities',
      { visitedNetwork: 'x', type: 'registration-and-capabilities' },
      registered,
      { kind: 'roaming-not-allowed' },
    ],
    ['4: capabilities, registered or not', { type: 'registration-and-capabilities' }, registered, first],
    ['5: not registered', {}, notRegistered, first],
    ['5: registered', {}, registered, subsequent],
    [
      '5: registered, by another identity of the set',
      { publicIdentity: 'tel:+12125551111' },
      registered,
      subsequent,
    ],
    ['5: unregistered', {}, unregistered, subsequent],
    [
      '5: another set of the subscription is registered',
      { publicIdentity: 'sip:work@home1.net' },
      registered,
      subsequent,
    ],
    ['5: an authentication has begun', {}, authenticating, subsequent],
    ['5: deregistration of what is not', { type: 'de-registration' }, notRegistered, nothing],
    ['5: deregistration of what only begins', { type: 'de-registration' }, authenticating, nothing],
    [
      '5: deregistration where another set is registered',
      { publicIdentity: 'sip:work@home1.net', type: 'de-registration' },
      registered,
      nothing,
    ],
    ['5: deregistration', { type: 'de-registration' }, registered, subsequent],
  ])('%s', (_, asked, state, answer) => {
    const outcome = userAuthorization({ ...ask, ...asked }, stored(user1, state), 'home1.net');
    expect(outcome.answer).toEqual(answer);
    expect(outcome.reason).not.toBe('');
  });

  test('3: barred, and the whole set: DIAMETER_AUTHORIZATION_REJECTED', () => {
    const asked = { ...ask, publicIdentity: 'sip:barred@home1.net' };
    const { answer } = userAuthorization(asked, stored(barred), 'home1.net');
    expect(answer).toEqual({ kind: 'failed', resultCode: 5003 });
  });

  test.each([
    [services, 'sip:conference@home1.net'],
    [services, 'sip:chatlist1@home1.net'],
    [family, 'sip:family-dad@home1.net'],
    [family, 'sip:family-!.*!@home1.net'],
  ])('a service and a wildcard are nobody’s to register: %#', (subscription, publicIdentity) => {
    const { answer } = userAuthorization({ ...ask, publicIdentity }, stored(subscription), 'home1.net');
    expect(answer).toEqual({ kind: 'unknown-user' });
  });

  test('4: who asks for capabilities may give the user to another S-CSCF', () => {
    const asked = { ...ask, type: 'registration-and-capabilities' } as const;
    const stateAfter = (state: SubscriptionState, request: UserAuthorization = asked) =>
      userAuthorization(request, stored(user1, state), 'home1.net').state;
    expect(stateAfter(registered)).toEqual(pending);
    expect(stateAfter(pending)).toBeUndefined();
    expect(stateAfter(notRegistered)).toBeUndefined();
    expect(stateAfter(registered, ask)).toBeUndefined();
  });
});
