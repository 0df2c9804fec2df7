import { describe, expect, test } from '@jest/globals';
import type { PublicIdentity } from '@ims-sim/cx';
import type { SubscribeNotifications } from '@ims-sim/sh';
import { shClient } from '@ims-sim/sh';
import type { SubscribedServices, Subscription } from '../src/index.js';
import { noState } from '../src/index.js';
import { notificationsOf } from '../src/sh/push-notifications.js';
import { SCSCF, registered, server, user1 } from './lab.js';
import { identity, privateIdentity, shNetwork as network, user } from './sh-lab.js';

/** The user with another first service profile. */
function withProfile(change: (profile: SubscribedServices) => SubscribedServices): Subscription {
  const [first, ...others] = user1.implicitSets;
  const [profile] = first.serviceProfiles;
  return { ...user1, implicitSets: [{ ...first, serviceProfiles: [change(profile)] }, ...others] };
}

function withIdentities(change: (identities: readonly PublicIdentity[]) => PublicIdentity[]): Subscription {
  return withProfile((profile) => {
    const [first = profile.publicIdentities[0], ...others] = change(profile.publicIdentities);
    return { ...profile, publicIdentities: [first, ...others] };
  });
}

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

  test.each<[string, Partial<SubscribeNotifications>, object]>([
    ['MSISDN: only to be read', { references: ['msisdn'] }, { kind: 'operation-not-allowed' }],
    [
      'location: only to be read',
      { references: ['location-information'] },
      { kind: 'operation-not-allowed' },
    ],
    ['DSAI: there is none', { references: ['dsai'] }, { kind: 'dsai-not-available' }],
    [
      'PSI activation: nobody may',
      { references: ['psi-activation'] },
      { kind: 'user-data-cannot-be-notified' },
    ],
    [
      'the state of a number: no access key',
      { user: { kind: 'msisdn', msisdn: '12125551111' } },
      { kind: 'operation-not-allowed' },
    ],
    ['criteria of no AS', { references: ['initial-filter-criteria'] }, { kind: 'failed', resultCode: 5005 }],
    [
      'one of two that may not be',
      { references: ['ims-public-identity', 'msisdn'] },
      { kind: 'operation-not-allowed' },
    ],
  ])('table 7.6.1, %s: refused, nothing is kept', async (_, asked, answer) => {
    const { sh, until, notifications } = await network();
    expect(await until(sh.subscribeNotifications({ ...state, ...asked }))).toEqual(answer);
    expect(await notifications()).toBeUndefined();
  });

  test('public identities: told when provisioning adds one and when it bars one, by Identity-Set', async () => {
    const { sh, until, told, change, assign, notifications } = await network();
    const asked = { ...state, references: ['ims-public-identity'], sendData: true } as const;
    const first = [identity, 'tel:+1-212-555-1111'];
    expect(await until(sh.subscribeNotifications(asked))).toEqual({
      kind: 'subscribed',
      data: { publicIdentities: [...first, 'sip:work@home1.net'] },
    });
    await until(sh.subscribeNotifications({ ...asked, identitySets: ['registered'] }));
    expect(await notifications()).toHaveLength(2);
    const added = 'sip:new@home1.net';
    await change(withIdentities((identities) => [...identities, { identity: added, barred: false }]));
    const all = { user, data: { publicIdentities: [...first, added, 'sip:work@home1.net'] } };
    expect(told).toEqual([all]);
    await assign('registration');
    expect(told.slice(1)).toEqual([{ user, data: { publicIdentities: [...first, added] } }]);
    await change(withIdentities((identities) => [...identities, { identity: added, barred: true }]));
    expect(told.slice(2)).toEqual([
      { user, data: { publicIdentities: [...first, 'sip:work@home1.net'] } },
      { user, data: { publicIdentities: first } },
    ]);
    await assign('user-deregistration');
    expect(told.slice(4)).toEqual([{ user, data: { publicIdentities: [] } }]);
  });

  test('filter criteria of the AS that it names, charging functions: told when provisioning changes them, and no others', async () => {
    const { sh, until, told, change } = await network();
    const criteria = (serverName: string) => ({
      priority: 0,
      applicationServer: { serverName, defaultHandling: 'session-continued' as const },
    });
    const withCriteria = (...names: string[]) =>
      withProfile((profile) => ({ ...profile, initialFilterCriteria: names.map(criteria) }));
    const references = ['initial-filter-criteria', 'charging-information'] as const;
    expect(
      await until(sh.subscribeNotifications({ ...state, references, serverName: 'sip:as1', sendData: true })),
    ).toEqual({ kind: 'subscribed', data: { initialFilterCriteria: [] } });
    await change(withCriteria('sip:as2'));
    expect(told).toEqual([]);
    await change(withCriteria('sip:as1', 'sip:as2'));
    await change(withCriteria());
    expect(told.splice(0)).toEqual([
      { user, data: { initialFilterCriteria: [criteria('sip:as1')] } },
      { user, data: { initialFilterCriteria: [] } },
    ]);
    await change({ ...user1, charging: { primaryCcf: 'aaa://ccf' } });
    await change(user1);
    expect(told).toEqual([
      { user, data: { charging: { primaryCcf: 'aaa://ccf' } } },
      { user, data: { charging: {} } },
    ]);
  });

  test('6.1.4.1: the name of the S-CSCF that is gone is told empty; that a user is being authenticated is not told', async () => {
    const { sh, cx, until, told, assign } = await network();
    const references = ['s-cscf-name', 'ims-user-state'] as const;
    await until(sh.subscribeNotifications({ ...state, references }));
    await until(
      cx.multimediaAuth({
        privateIdentity,
        publicIdentity: identity,
        serverName: SCSCF,
        scheme: 'Digest-AKAv1-MD5',
        items: 1,
      }),
    );
    expect(told.splice(0)).toEqual([{ user, data: { sCscfName: SCSCF } }]);
    await assign('registration');
    expect(told.splice(0)).toEqual([{ user, data: { imsUserState: 'registered' } }]);
    await assign('user-deregistration');
    expect(told).toEqual([
      { user, data: { sCscfName: '' } },
      { user, data: { imsUserState: 'not-registered' } },
    ]);
  });

  test.each<[string, number[], object]>([
    [
      'moved to another set',
      [1, 0],
      { kind: 'subscribed', data: { publicIdentities: ['sip:work@home1.net'] } },
    ],
    ['taken away', [0], { kind: 'unknown-user' }],
  ])('an identity that is %s between the lookup and the answer', async (_, order, answer) => {
    const work = { kind: 'public-identity', identity: 'sip:work@home1.net' } as const;
    const sets = order.map((at) => user1.implicitSets[at]) as unknown as Subscription['implicitSets'];
    const { sh, until } = await network(undefined, undefined, (inner) => ({
      ...inner,
      byPublicIdentity: async (identity) => {
        const found = await inner.byPublicIdentity(identity);
        await inner.put({ ...user1, implicitSets: sets });
        return found;
      },
    }));
    const asked = { ...state, user: work, references: ['ims-public-identity'], sendData: true } as const;
    expect(await until(sh.subscribeNotifications({ ...asked, identitySets: ['implicit'] }))).toEqual(answer);
  });

  test('an AS that does not know the user has no subscription to anything of it', async () => {
    const { sh, until, assign, notifications } = await network('as1.home1.net', { kind: 'unknown-user' });
    await until(
      sh.subscribeNotifications({ ...state, references: ['ims-user-state', 'charging-information'] }),
    );
    expect(await notifications()).toHaveLength(2);
    await assign('registration');
    expect(await notifications()).toBeUndefined();
  });

  test('6.1.2.1: repository data that is removed is told of, and has no subscribers then', async () => {
    const { until, told, write, connect, notifications } = await network();
    await write({ serviceIndication: 'n', sequenceNumber: 0, serviceData: '<a/>' });
    const node = await connect('as2.home1.net', '10.0.0.4');
    const other = shClient({ node, destinationRealm: 'home1.net' });
    await until(
      other.subscribeNotifications({ ...state, references: ['repository-data'], serviceIndications: ['n'] }),
    );
    await write({ serviceIndication: 'n', sequenceNumber: 1 });
    expect(told).toEqual([
      { user, data: { repositoryData: [{ serviceIndication: 'n', sequenceNumber: 0 }] } },
    ]);
    expect(await notifications()).toBeUndefined();
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
