import { describe, expect, test } from '@jest/globals';
import type { RestorationInfo, ServerAssignment } from '@ims-sim/cx';
import { serverAssignment } from '../src/server-assignment.js';
import type { Subscription, SubscriptionState } from '../src/subscription.js';
import { OTHER, SCSCF, family, notRegistered, registered, requester, server, stored } from './lab.js';

const ask: ServerAssignment = {
  publicIdentities: ['sip:family@home1.net'],
  serverName: SCSCF,
  type: 'registration',
  userDataAlreadyAvailable: false,
};
const context = { requester, sharedFilterCriteria: {} };
const assign = (
  asked: Partial<ServerAssignment>,
  state: SubscriptionState = notRegistered,
  subscription: Subscription = family,
) => serverAssignment({ ...ask, ...asked }, stored(subscription, state), context);

describe('TS 23.380 4 restoration', () => {
  const asked = { publicIdentities: ['sip:family@home1.net'] };
  const infoOf = (identity: string): RestorationInfo => ({
    privateIdentity: identity,
    registrations: [{ path: '<sip:pcscf1.home1.net;lr>', contact: `<sip:${identity}>` }],
  });
  const phone = infoOf('phone@home1.net');
  const tablet = infoOf('tablet@home1.net');
  const kept: SubscriptionState = {
    ...registered,
    sets: { '0': { registeredBy: ['phone@home1.net', 'tablet@home1.net'] } },
    restoration: { 'phone@home1.net': phone, 'tablet@home1.net': tablet },
  };
  const register = { ...asked, privateIdentity: 'phone@home1.net', restoration: phone };

  test('4.3: what a registration says is kept, and replaced by the next', () => {
    const first = assign(register, notRegistered, family).state;
    expect(first?.restoration).toEqual({ 'phone@home1.net': phone });
    const newer = { ...phone, registrations: [] };
    const second = assign({ ...register, type: 're-registration', restoration: newer }, first, family).state;
    expect(second?.restoration).toEqual({ 'phone@home1.net': newer });
  });

  test('only where the S-CSCF supports it too', () => {
    const without = { ...context, requester: { ...requester, restores: false } };
    const { state } = serverAssignment({ ...ask, ...register }, stored(family), without);
    expect(state).not.toHaveProperty('restoration');
    const { answer } = serverAssignment(
      { ...ask, ...asked, type: 'no-assignment' },
      stored(family, kept),
      without,
    );
    expect(answer).not.toHaveProperty('restoration');
  });

  test('NO_ASSIGNMENT, from an S-CSCF that has lost all: profile and restoration data of each', () => {
    const outcome = assign({ ...asked, type: 'no-assignment' }, kept, family);
    expect(outcome.answer).toMatchObject({ kind: 'assigned', restoration: [phone, tablet] });
    expect(outcome.answer).toHaveProperty('profile');
    expect(outcome.state).toBeUndefined();
  });

  test('UNREGISTERED_USER of a registered one: its data with 5007, and it stays registered', () => {
    const outcome = assign({ ...asked, type: 'unregistered-user' }, kept, family);
    expect(outcome.answer).toMatchObject({ inAssignmentType: true, restoration: [phone, tablet] });
    expect(outcome.state).toBeUndefined();
  });

  test('another S-CSCF takes over with UNREGISTERED_USER, and restores', () => {
    const gone = { ...kept, reassignmentPending: true } as const;
    const outcome = assign({ ...asked, type: 'unregistered-user', serverName: OTHER }, gone, family);
    expect(outcome.answer).toMatchObject({ restoration: [phone, tablet] });
    expect(outcome.state).toEqual({ ...kept, server: { ...server, name: OTHER } });
  });

  test('a multiple registration that the S-CSCF does not know the first of: 5007, nothing is overwritten', () => {
    const outcome = assign(
      { ...register, multipleRegistration: true, restoration: { ...phone, registrations: [] } },
      kept,
      family,
    );
    expect(outcome.answer).toMatchObject({ inAssignmentType: true, restoration: [phone, tablet] });
    expect(outcome.state).toBeUndefined();
  });

  test('a registration gets the data of the other private identities', () => {
    const { answer } = assign(register, kept, family);
    expect(answer).toMatchObject({ restoration: [tablet] });
    expect(answer).not.toHaveProperty('inAssignmentType');
  });

  test('it goes with the registration', () => {
    const type = 'timeout-deregistration';
    const { state } = assign({ ...asked, privateIdentity: 'phone@home1.net', type }, kept, family);
    expect(state?.restoration).toEqual({ 'tablet@home1.net': tablet });
  });
});
