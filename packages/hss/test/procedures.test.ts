import { describe, expect, test } from '@jest/globals';
import type {
  LocationInfo,
  LocationInfoAnswer,
  ServerAssignment,
  ServerAssignmentAnswer,
  ServerAssignmentType,
  UserAuthorization,
  UserAuthorizationAnswer,
} from '@ims-sim/cx';
import { locationInfo } from '../src/location-info.js';
import { serverAssignment } from '../src/server-assignment.js';
import type { Registration } from '../src/subscriber.js';
import { notRegistered, subscriberOf } from '../src/subscriber.js';
import { userAuthorization } from '../src/user-authorization.js';
import { OTHER, SCSCF, barred, none, registered, subscribersWith, unregistered, user1 } from './lab.js';

const pending: Registration = { ...registered, reassignmentPending: true } as Registration;
const capabilities = { mandatory: [1], optional: [2], serverNames: [SCSCF] };

describe('TS 29.228 6.1.1.1 user authorization', () => {
  const ask: UserAuthorization = {
    privateIdentity: 'user1_private@home1.net',
    publicIdentity: 'sip:user1_public1@home1.net',
    visitedNetwork: 'home1.net',
    type: 'registration',
  };
  const first: UserAuthorizationAnswer = { kind: 'first-registration', capabilities };
  const subsequent: UserAuthorizationAnswer = { kind: 'subsequent-registration', serverName: SCSCF };

  test.each<[string, Partial<UserAuthorization>, Registration | undefined, UserAuthorizationAnswer]>([
    ['1: an unknown private identity', { privateIdentity: 'x' }, undefined, { kind: 'unknown-user' }],
    [
      '1: an unknown public identity',
      { publicIdentity: 'sip:x@home1.net' },
      undefined,
      { kind: 'unknown-user' },
    ],
    [
      '2: somebody else’s',
      { publicIdentity: 'sip:barred@home1.net' },
      undefined,
      { kind: 'identities-dont-match' },
    ],
    [
      '3: barred, and the whole set',
      { privateIdentity: 'barred_private@home1.net', publicIdentity: 'sip:barred@home1.net' },
      undefined,
      { kind: 'failed', resultCode: 5003 },
    ],
    ['3: barred, but not the whole set', { publicIdentity: 'sip:hidden@home1.net' }, undefined, first],
    [
      '4: roaming where it may not',
      { visitedNetwork: 'visited9.net' },
      undefined,
      { kind: 'roaming-not-allowed' },
    ],
    ['4: roaming where it may', { visitedNetwork: 'visited2.NET' }, undefined, first],
    [
      '4: roaming is not asked for a deregistration',
      { visitedNetwork: 'x', type: 'de-registration' },
      registered,
      subsequent,
    ],
    ['4: capabilities, registered or not', { type: 'registration-and-capabilities' }, registered, first],
    ['5: not registered', {}, undefined, first],
    ['5: registered', {}, registered, subsequent],
    [
      '5: registered, by another identity of the set',
      { publicIdentity: 'tel:+12125551111' },
      registered,
      subsequent,
    ],
    ['5: unregistered', {}, unregistered, subsequent],
    [
      '5: deregistration of what is not',
      { type: 'de-registration' },
      undefined,
      { kind: 'identity-not-registered' },
    ],
    ['5: deregistration', { type: 'de-registration' }, registered, subsequent],
  ])('%s', async (_, asked, registration, answer) => {
    const outcome = userAuthorization({ ...ask, ...asked }, await subscribersWith(registration));
    expect(outcome.answer).toEqual(answer);
    expect(outcome.reason).not.toBe('');
  });

  test('4: who asks for capabilities may give the user to another S-CSCF', async () => {
    const asked = { ...ask, type: 'registration-and-capabilities' } as const;
    expect(userAuthorization(asked, await subscribersWith(registered)).change?.registration).toEqual(pending);
    expect(userAuthorization(asked, await subscribersWith(pending)).change).toBeUndefined();
    expect(userAuthorization(ask, await subscribersWith(registered)).change).toBeUndefined();
  });
});

describe('TS 29.228 6.1.2.1 server assignment', () => {
  const ask: ServerAssignment = {
    privateIdentity: 'user1_private@home1.net',
    publicIdentities: ['sip:user1_public1@home1.net'],
    serverName: SCSCF,
    type: 'registration',
    userDataAlreadyAvailable: false,
  };
  const failed = (resultCode: number): ServerAssignmentAnswer => ({ kind: 'failed', resultCode });
  const both = ['sip:user1_public1@home1.net', 'tel:+1-212-555-1111'];

  test.each<[string, Partial<ServerAssignment>, ServerAssignmentAnswer]>([
    ['1: an unknown private identity', { privateIdentity: 'x' }, { kind: 'unknown-user' }],
    ['1: an unknown public identity', { publicIdentities: ['sip:x@y'] }, { kind: 'unknown-user' }],
    ['2: somebody else’s', { publicIdentities: ['sip:barred@home1.net'] }, { kind: 'identities-dont-match' }],
    ['3: several at a registration', { publicIdentities: both }, failed(5009)],
    ['3: none at a registration', { publicIdentities: [] }, failed(5005)],
  ])('%s', async (_, asked, answer) => {
    const outcome = serverAssignment({ ...ask, ...asked }, await subscribersWith());
    expect(outcome.answer).toEqual(answer);
    expect(outcome.change).toBeUndefined();
  });

  test('no identity at all', async () => {
    const asked: ServerAssignment = {
      publicIdentities: [],
      serverName: SCSCF,
      type: 'user-deregistration',
      userDataAlreadyAvailable: false,
    };
    expect(serverAssignment(asked, await subscribersWith()).answer).toEqual(failed(5005));
  });

  /** 'profile', 'assigned' without one, or a refusal; what is stored, where anything is. */
  test.each<
    [ServerAssignmentType, Registration, string, string | ServerAssignmentAnswer, Registration | undefined]
  >([
    ['registration', notRegistered, SCSCF, 'profile', registered],
    ['registration', unregistered, SCSCF, 'profile', registered],
    ['registration', registered, SCSCF, 'profile', undefined],
    ['registration', registered, OTHER, failed(5012), undefined],
    ['registration', pending, OTHER, 'profile', { state: 'registered', serverName: OTHER }],
    ['registration', pending, SCSCF, 'profile', registered],
    ['re-registration', registered, SCSCF, 'profile', undefined],
    ['re-registration', notRegistered, SCSCF, 'profile', registered],
    ['unregistered-user', notRegistered, SCSCF, 'profile', unregistered],
    ['unregistered-user', unregistered, SCSCF, 'profile', undefined],
    ['unregistered-user', registered, SCSCF, 'profile', unregistered],
    [
      'unregistered-user',
      registered,
      OTHER,
      { kind: 'identity-already-registered', serverName: SCSCF },
      undefined,
    ],
    ['no-assignment', registered, SCSCF, 'profile', undefined],
    ['no-assignment', registered, OTHER, failed(5012), undefined],
    ['no-assignment', notRegistered, SCSCF, failed(5012), undefined],
    ['user-deregistration', registered, SCSCF, 'assigned', notRegistered],
    ['timeout-deregistration', registered, SCSCF, 'assigned', notRegistered],
    ['administrative-deregistration', unregistered, SCSCF, 'assigned', notRegistered],
    ['deregistration-too-much-data', registered, SCSCF, 'assigned', notRegistered],
    ['user-deregistration', registered, OTHER, failed(5012), undefined],
    ['user-deregistration', notRegistered, SCSCF, 'assigned', undefined],
    ['user-deregistration-store-server-name', registered, SCSCF, 'assigned', unregistered],
    ['timeout-deregistration-store-server-name', registered, SCSCF, 'assigned', unregistered],
    ['timeout-deregistration-store-server-name', registered, OTHER, failed(5012), undefined],
    ['authentication-failure', registered, SCSCF, 'assigned', undefined],
    ['authentication-timeout', notRegistered, SCSCF, 'assigned', undefined],
    ['authentication-timeout', registered, OTHER, failed(5012), undefined],
  ])('5: %s, %j, by %s', async (type, before, serverName, expected, after) => {
    const outcome = serverAssignment({ ...ask, type, serverName }, await subscribersWith(before));
    if (typeof expected === 'string') {
      expect(outcome.answer.kind).toBe('assigned');
      expect('profile' in outcome.answer).toBe(expected === 'profile');
    } else expect(outcome.answer).toEqual(expected);
    expect(outcome.change?.registration).toEqual(after);
  });

  test('the profile has the whole implicit registration set, barred identities marked', async () => {
    const { answer } = serverAssignment(ask, await subscribersWith());
    expect(answer).toEqual({
      kind: 'assigned',
      privateIdentity: user1.privateIdentity,
      profile: {
        privateIdentity: user1.privateIdentity,
        serviceProfiles: [
          {
            publicIdentities: [
              { identity: 'sip:user1_public1@home1.net', barred: false },
              { identity: 'tel:+1-212-555-1111', barred: false },
              { identity: 'sip:hidden@home1.net', barred: true },
            ],
            initialFilterCriteria: [],
          },
        ],
      },
    });
  });

  test('User-Data-Already-Available: no profile', async () => {
    const outcome = serverAssignment({ ...ask, userDataAlreadyAvailable: true }, await subscribersWith());
    expect(outcome.answer).toEqual({ kind: 'assigned', privateIdentity: user1.privateIdentity });
  });

  test('several public identities, or only the private one, may be deregistered', async () => {
    const type = 'user-deregistration';
    const several = serverAssignment(
      { ...ask, type, publicIdentities: both },
      await subscribersWith(registered),
    );
    const none = serverAssignment({ ...ask, type, publicIdentities: [] }, await subscribersWith(registered));
    expect([several.change?.registration, none.change?.registration]).toEqual([notRegistered, notRegistered]);
  });
});

describe('TS 29.228 6.1.4.1 location info', () => {
  const publicIdentity = 'sip:user1_public1@home1.net';
  const served: LocationInfoAnswer = { kind: 'served', serverName: SCSCF };

  test.each<[string, LocationInfo, Registration, LocationInfoAnswer]>([
    ['1: unknown', { publicIdentity: 'sip:x@home1.net' }, notRegistered, { kind: 'unknown-user' }],
    ['3: registered', { publicIdentity }, registered, served],
    ['3: registered, by its number', { publicIdentity: 'tel:+1(212)555.1111' }, registered, served],
    [
      '3: unregistered, without services for it',
      { publicIdentity },
      unregistered,
      { kind: 'identity-not-registered' },
    ],
    ['3: unregistered, originating', { publicIdentity, originating: true }, unregistered, served],
    [
      '3: not registered, without services for it',
      { publicIdentity },
      notRegistered,
      { kind: 'identity-not-registered' },
    ],
    [
      '3: not registered, originating',
      { publicIdentity, originating: true },
      notRegistered,
      { kind: 'unregistered-service', capabilities },
    ],
    [
      '3: not registered, with services for it',
      { publicIdentity: 'sip:barred@home1.net' },
      notRegistered,
      { kind: 'unregistered-service', capabilities: none },
    ],
  ])('%s', async (_, asked, registration, answer) => {
    expect(locationInfo(asked, await subscribersWith(registration)).answer).toEqual(answer);
  });

  const server = { serverName: 'sip:as', defaultHandling: 'session-continued' } as const;
  const sessionCase = (is: 'terminating-registered' | 'terminating-unregistered', negated = false) => ({
    cnf: true,
    servicePointTriggers: [{ kind: 'session-case' as const, negated, groups: [0], sessionCase: is }],
  });
  test.each([
    ['no trigger point', { priority: 0, applicationServer: server }, true],
    [
      'registered part',
      { priority: 0, applicationServer: server, profilePartIndicator: 'registered' as const },
      false,
    ],
    [
      'terminating registered',
      { priority: 0, applicationServer: server, triggerPoint: sessionCase('terminating-registered') },
      false,
    ],
    [
      'terminating unregistered',
      { priority: 0, applicationServer: server, triggerPoint: sessionCase('terminating-unregistered') },
      true,
    ],
    [
      'not terminating registered',
      { priority: 0, applicationServer: server, triggerPoint: sessionCase('terminating-registered', true) },
      true,
    ],
    [
      'not terminating unregistered',
      { priority: 0, applicationServer: server, triggerPoint: sessionCase('terminating-unregistered', true) },
      false,
    ],
  ])('a service while not registered: %s', (_, criterion, expected) => {
    const subscriber = subscriberOf({ ...barred, initialFilterCriteria: [criterion] }, none);
    expect(subscriber.hasUnregisteredServices).toBe(expected);
  });
});
