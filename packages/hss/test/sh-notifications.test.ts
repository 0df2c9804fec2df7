import { describe, expect, test } from '@jest/globals';
import { shClient } from '@ims-sim/sh';
import { noState } from '../src/index.js';
import { notificationsOf } from '../src/sh/push-notifications.js';
import { registered, server, user1 } from './lab.js';
import { identity, privateIdentity, shNetwork as network, user } from './sh-lab.js';

describe('TS 29.328 6.1.3 SNR, 6.1.4 PNR', () => {
  const state = { user, references: ['ims-user-state'], type: 'subscribe' } as const;

  test('each change of the state is told, nothing else is', async () => {
    const { sh, until, told, assign } = await network();
    expect(await until(sh.subscribeNotifications({ ...state, sendData: true }))).toEqual({
      kind: 'subscribed',
      data: { imsUserState: 'not-registered' },
    });
    await assign('registration');
    await assign('registration');
    await assign('registration', 'sip:work@home1.net');
    await assign('user-deregistration');
    expect(told).toEqual([
      { user, data: { imsUserState: 'registered' } },
      { user, data: { imsUserState: 'not-registered' } },
    ]);
  });

  test('after UNSUBSCRIBE, and after the time it was for, nothing is told', async () => {
    const { sh, until, told, assign, host, notifications } = await network();
    await until(sh.subscribeNotifications(state));
    await until(sh.subscribeNotifications({ ...state, type: 'unsubscribe' }));
    expect(await notifications()).toBeUndefined();
    const expiryMs = Math.ceil(host.clock.now() / 1000) * 1000 + 5_000;
    expect(await until(sh.subscribeNotifications({ ...state, expiryMs }))).toEqual({
      kind: 'subscribed',
      expiryMs,
    });
    await assign('registration');
    await host.clock.advance(6_000);
    await assign('user-deregistration');
    expect(told).toHaveLength(1);
  });

  test('once, where that is asked for; the subscription ends where the AS knows nothing of it', async () => {
    const once = await network();
    await once.until(once.sh.subscribeNotifications({ ...state, oneTime: true }));
    await once.assign('registration');
    await once.assign('user-deregistration');
    expect([once.told.length, await once.notifications()]).toEqual([1, undefined]);
    const none = await network('as1.home1.net', { kind: 'no-subscription-to-data' });
    await none.until(none.sh.subscribeNotifications(state));
    await none.assign('registration');
    expect([none.told.length, await none.notifications()]).toEqual([1, undefined]);
  });

  test('repository data: the other ASs are told, not the one that changed it; data that is not there has no subscribers', async () => {
    const { sh, until, told, write, connect } = await network();
    const asked = { ...state, references: ['repository-data'], serviceIndications: ['n'] } as const;
    expect(await until(sh.subscribeNotifications(asked))).toEqual({ kind: 'subscribed-data-absent' });
    await write({ serviceIndication: 'n', sequenceNumber: 0, serviceData: '<a/>' });
    const other = shClient({
      node: await connect('as2.home1.net', '10.0.0.4'),
      destinationRealm: 'home1.net',
    });
    for (const one of [sh, other])
      expect((await until(one.subscribeNotifications(asked))).kind).toBe('subscribed');
    await write({ serviceIndication: 'n', sequenceNumber: 1, serviceData: '<b/>' });
    const repositoryData = [{ serviceIndication: 'n', sequenceNumber: 1, serviceData: '<b/>' }];
    expect(told).toEqual([{ user, data: { repositoryData } }]);
  });

  test('data that no AS is told of: operation not allowed', async () => {
    const { sh, until } = await network();
    const asked = { ...state, references: ['charging-information'] } as const;
    expect(await until(sh.subscribeNotifications(asked))).toEqual({ kind: 'operation-not-allowed' });
  });

  test('data that has gone is told by its name alone', () => {
    const subscription = {
      host: 'as1',
      realm: 'r',
      publicIdentity: identity,
      reference: 'repository-data',
      serviceIndication: 'n',
    } as const;
    const before = { ...noState, repository: { n: { sequenceNumber: 3, data: '<a/>' } } };
    const change = {
      key: privateIdentity,
      before: { subscription: user1, state: before },
      state: { ...noState, notifications: [subscription] },
    };
    expect(notificationsOf(change, 0)).toEqual([
      {
        subscription,
        push: { user, data: { repositoryData: [{ serviceIndication: 'n', sequenceNumber: 0 }] } },
      },
    ]);
    expect(notificationsOf(change, 0, 'as1')).toEqual([]);
    expect(
      notificationsOf({ ...change, before: { subscription: user1, state: { ...registered, server } } }, 0),
    ).toEqual([]);
  });
});
