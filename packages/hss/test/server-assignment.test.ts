import { describe, expect, test } from '@jest/globals';
import type { ServerAssignment, ServerAssignmentAnswer, ServerAssignmentType } from '@ims-sim/cx';
import { serverAssignment } from '../src/server-assignment.js';
import type { Subscription, SubscriptionState } from '../src/subscription.js';
import {
  OTHER,
  SCSCF,
  authenticating,
  family,
  notRegistered,
  pending,
  registered,
  requester,
  server,
  services,
  stored,
  unregistered,
  user1,
} from './lab.js';

const privateIdentity = 'user1_private@home1.net';
const nobody: ServerAssignment = {
  publicIdentities: ['sip:user1_public1@home1.net'],
  serverName: SCSCF,
  type: 'registration',
  userDataAlreadyAvailable: false,
};
const ask: ServerAssignment = { ...nobody, privateIdentity };
const context = { requester, sharedFilterCriteria: {} };
const assign = (
  asked: Partial<ServerAssignment>,
  state: SubscriptionState = notRegistered,
  subscription: Subscription = user1,
) => serverAssignment({ ...ask, ...asked }, stored(subscription, state), context);
const failed = (resultCode: number): ServerAssignmentAnswer => ({ kind: 'failed', resultCode });
const both = ['sip:user1_public1@home1.net', 'tel:+1-212-555-1111'];
const taken = (name: string) => ({ ...registered, server: { ...server, name } });

describe('TS 29.228 6.1.2.1 server assignment', () => {
  test.each<[string, Partial<ServerAssignment>, ServerAssignmentAnswer]>([
    ['an identity that has just gone', { publicIdentities: ['sip:x@y'] }, { kind: 'unknown-user' }],
    ['3: several at a registration', { publicIdentities: both }, failed(5009)],
    ['3: none at a registration', { publicIdentities: [] }, failed(5005)],
  ])('%s', (_, asked, answer) => {
    const outcome = assign(asked);
    expect(outcome.answer).toEqual(answer);
    expect(outcome.state).toBeUndefined();
  });

  test('a registration without User-Name: DIAMETER_MISSING_AVP', () => {
    const outcome = serverAssignment(nobody, stored(user1), context);
    expect([outcome.answer, outcome.state]).toEqual([failed(5005), undefined]);
  });

  /** 'profile', 'assigned' without one, 'not stored' for 2004, or a refusal; what is stored, where anything is. */
  test.each<
    [
      ServerAssignmentType,
      SubscriptionState,
      string,
      'profile' | 'assigned' | 'not stored' | ServerAssignmentAnswer,
      SubscriptionState | undefined,
    ]
  >([
    ['registration', notRegistered, SCSCF, 'profile', registered],
    ['registration', unregistered, SCSCF, 'profile', registered],
    ['registration', registered, SCSCF, 'profile', undefined],
    ['registration', registered, OTHER, failed(5012), undefined],
    ['registration', pending, OTHER, 'profile', taken(OTHER)],
    ['registration', pending, SCSCF, 'profile', registered],
    ['registration', authenticating, SCSCF, 'profile', registered],
    ['registration', authenticating, OTHER, failed(5012), undefined],
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
    [
      'unregistered-user',
      { ...unregistered, reassignmentPending: true },
      OTHER,
      'profile',
      { ...unregistered, server: { ...server, name: OTHER } },
    ],
    ['no-assignment', registered, SCSCF, 'profile', undefined],
    ['no-assignment', unregistered, SCSCF, 'profile', undefined],
    ['no-assignment', registered, OTHER, failed(5012), undefined],
    ['no-assignment', pending, OTHER, failed(5012), undefined],
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
    ['timeout-deregistration-store-server-name', notRegistered, SCSCF, 'not stored', undefined],
    ['authentication-failure', registered, SCSCF, 'assigned', undefined],
    [
      'authentication-failure',
      { ...registered, authenticationPending: [privateIdentity] },
      SCSCF,
      'assigned',
      registered,
    ],
    ['authentication-failure', authenticating, SCSCF, 'assigned', notRegistered],
    ['authentication-timeout', authenticating, SCSCF, 'assigned', notRegistered],
    ['authentication-timeout', notRegistered, SCSCF, 'assigned', undefined],
    ['authentication-timeout', registered, OTHER, failed(5012), undefined],
  ])('5: %s, %j, by %s', (type, before, serverName, expected, after) => {
    const outcome = assign({ type, serverName }, before);
    if (typeof expected === 'string') {
      expect(outcome.answer.kind).toBe('assigned');
      expect('profile' in outcome.answer).toBe(expected === 'profile');
      expect('serverNameNotStored' in outcome.answer).toBe(expected === 'not stored');
    } else expect(outcome.answer).toEqual(expected);
    expect(outcome.state).toEqual(after);
  });

  test('6.6: the profile has the whole implicit registration set, barred identities marked, and no other set', () => {
    expect(assign({}).answer).toEqual({
      kind: 'assigned',
      privateIdentity,
      profile: { privateIdentity, serviceProfiles: user1.implicitSets[0].serviceProfiles },
    });
  });

  test('6.6: shared sets by number, or for an S-CSCF without them by their content', () => {
    const asked = { ...ask, publicIdentities: ['sip:work@home1.net'] };
    const shared = {
      priority: 3,
      applicationServer: { serverName: 'sip:shared', defaultHandling: 'session-continued' },
    } as const;
    const profileFor = (sharesFilterCriteria: boolean) => {
      const { answer } = serverAssignment(asked, stored(user1), {
        requester: { ...requester, sharesFilterCriteria },
        sharedFilterCriteria: { 7: [shared] },
      });
      return answer.kind === 'assigned' ? answer.profile?.serviceProfiles : undefined;
    };
    expect(profileFor(true)).toMatchObject([{ sharedIfcSetIds: [7], initialFilterCriteria: [] }]);
    expect(profileFor(false)).toMatchObject([{ initialFilterCriteria: [shared] }]);
    expect(profileFor(false)?.[0]).not.toHaveProperty('sharedIfcSetIds');
  });

  test('User-Data-Already-Available: neither profile nor charging functions', () => {
    expect(assign({ userDataAlreadyAvailable: true }).answer).toEqual({ kind: 'assigned', privateIdentity });
    const asked = { publicIdentities: ['sip:family@home1.net'], privateIdentity: 'phone@home1.net' };
    const { answer } = assign({ ...asked, userDataAlreadyAvailable: true }, notRegistered, family);
    expect(answer).not.toHaveProperty('charging');
    expect(assign(asked, notRegistered, family).answer).toMatchObject({ charging: family.charging });
  });

  test('several public identities, or only the private one, may be deregistered', () => {
    const type = 'user-deregistration';
    expect(assign({ type, publicIdentities: both }, registered).state).toEqual(notRegistered);
    expect(assign({ type, publicIdentities: [] }, registered).state).toEqual(notRegistered);
  });

  test('one set of two is deregistered: the S-CSCF stays', () => {
    const two = { ...registered, sets: { ...registered.sets, '1': { registeredBy: [privateIdentity] } } };
    expect(assign({ type: 'user-deregistration' }, two).state).toEqual({
      ...two,
      sets: { '1': { registeredBy: [privateIdentity] } },
    });
  });

  test.each<[ServerAssignmentType, string, Subscription]>([
    ['registration', 'sip:conference@home1.net', services],
    ['re-registration', 'sip:chatlist1@home1.net', services],
    ['registration', 'sip:family-dad@home1.net', family],
  ])('4: a %s of %s: DIAMETER_ERROR_IN_ASSIGNMENT_TYPE', (type, identity, subscription) => {
    const outcome = assign({ type, publicIdentities: [identity] }, notRegistered, subscription);
    expect([outcome.answer, outcome.state]).toEqual([{ kind: 'in-assignment-type' }, undefined]);
  });

  test('an identity that a wildcard stands for is served unregistered, with the wildcard in the answer', () => {
    const asked: ServerAssignment = {
      ...nobody,
      publicIdentities: ['sip:chatlist7@home1.net'],
      type: 'unregistered-user',
    };
    const outcome = serverAssignment(asked, stored(services), context);
    expect(outcome.answer).toMatchObject({
      kind: 'assigned',
      privateIdentity: 'services_private@home1.net',
      wildcardedIdentity: 'sip:chatlist!.*!@home1.net',
    });
    expect(outcome.state).toEqual({ ...notRegistered, server, sets: { '1': 'unregistered' } });
  });
});

describe('several private identities of a subscription', () => {
  const asked = { publicIdentities: ['sip:family@home1.net'] };
  const phone = { ...asked, privateIdentity: 'phone@home1.net' };
  const tablet = { ...asked, privateIdentity: 'tablet@home1.net' };
  const by = (...registeredBy: string[]): SubscriptionState => ({
    ...registered,
    sets: { '0': { registeredBy } },
  });

  test('TS 29.228 6.1.2: each registers the set, and Associated-Identities has both', () => {
    const first = assign(phone, notRegistered, family);
    expect(first.state).toEqual(by('phone@home1.net'));
    expect(first.answer).toMatchObject({ associatedIdentities: ['phone@home1.net', 'tablet@home1.net'] });
    expect(assign(tablet, first.state, family).state).toEqual(by('phone@home1.net', 'tablet@home1.net'));
  });

  test('the set stays registered until the last has gone', () => {
    const type = 'user-deregistration';
    const one = assign({ ...phone, type }, by('phone@home1.net', 'tablet@home1.net'), family).state;
    expect(one).toEqual(by('tablet@home1.net'));
    expect(assign({ ...tablet, type }, one, family).state).toEqual(notRegistered);
  });

  test('a deregistration without private identity is of all', () => {
    const before = stored(family, by('phone@home1.net', 'tablet@home1.net'));
    const request: ServerAssignment = {
      ...asked,
      serverName: SCSCF,
      type: 'administrative-deregistration',
      userDataAlreadyAvailable: true,
    };
    expect(serverAssignment(request, before, context).state).toEqual(notRegistered);
  });
});
