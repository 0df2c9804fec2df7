import { describe, expect, test } from '@jest/globals';
import { cxApplication, cxClient } from '@ims-sim/cx';
import type { PushNotification, PushNotificationAnswer, RepositoryData, UserData } from '@ims-sim/sh';
import { shApplication, shClient, shNotifications } from '@ims-sim/sh';
import { startDiameterNode } from '@ims-sim/diameter';
import { testHost } from '@ims-sim/host';
import { memoryStore, noState, startHss } from '../src/index.js';
import { notificationsOf } from '../src/sh/push-notifications.js';
import { SCSCF, all, family, registered, server, user1 } from './lab.js';

const privateIdentity = 'user1_private@home1.net';
const identity = 'sip:user1_public1@home1.net';
const user = { kind: 'public-identity', identity } as const;

/** An HSS, an S-CSCF, and an AS that answers notifications as told. */
async function network(originHost = 'as1.home1.net', pnr: PushNotificationAnswer = { kind: 'notified' }) {
  const host = testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'] });
  const store = memoryStore();
  const hss = await startHss({
    host,
    listen: { address: '10.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store,
    initial: all,
    applicationServers: ['AS1.home1.net', 'as2.home1.net'],
  });
  const told: PushNotification[] = [];
  const connect = async (name: string, address: string) => {
    const node = await startDiameterNode({
      host: testHost({ name, addresses: [address], beside: host }),
      originHost: name,
      originRealm: 'home1.net',
      applications: [cxApplication, shApplication],
      peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [hss.listening] }],
      onRequest: shNotifications({
        pushNotification: (notification) => {
          told.push(notification);
          return pnr;
        },
      }),
    });
    await host.clock.until(node.ready());
    return node;
  };
  const sh = shClient({ node: await connect(originHost, '10.0.0.2'), destinationRealm: 'home1.net' });
  const cx = cxClient({ node: await connect('scscf1.home1.net', '10.0.0.3'), destinationRealm: 'home1.net' });
  const until = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await host.clock.until(answer);
    await host.clock.advance(10); // what is told of it
    return value;
  };
  const assign = (type: 'registration' | 'user-deregistration', publicIdentity = identity) =>
    until(
      cx.serverAssignment({
        privateIdentity,
        publicIdentities: [publicIdentity],
        serverName: SCSCF,
        type,
        userDataAlreadyAvailable: true,
      }),
    );
  const read = async (asked: Partial<UserData>) =>
    until(sh.userData({ user, references: ['ims-user-state'], ...asked }));
  const write = (...repositoryData: RepositoryData[]) =>
    until(sh.profileUpdate({ user, references: ['repository-data'], data: { repositoryData } }));
  const notifications = async () => (await store.byPrivateIdentity(privateIdentity))?.state.notifications;
  return { host, sh, told, until, assign, read, write, notifications, connect };
}

describe('TS 29.328 6.1.1 UDR', () => {
  test('IMSUserState and S-CSCFName follow the registration', async () => {
    const { assign, read } = await network();
    const references = ['ims-user-state', 's-cscf-name'] as const;
    expect(await read({ references })).toEqual({ kind: 'data', data: { imsUserState: 'not-registered' } });
    await assign('registration');
    const data = { imsUserState: 'registered', sCscfName: SCSCF };
    expect(await read({ references })).toEqual({ kind: 'data', data });
    expect(await read({ user: { kind: 'msisdn', msisdn: '12125551111' }, references })).toEqual({
      kind: 'data',
      data,
    });
    expect(await read({ user: { kind: 'public-identity', identity: 'sip:work@home1.net' } })).toEqual({
      kind: 'data',
      data: { imsUserState: 'not-registered' },
    });
  });

  test('PublicIdentifiers by Identity-Set, without the barred', async () => {
    const { assign, read } = await network();
    await assign('registration', 'sip:work@home1.net');
    const references = ['ims-public-identity'] as const;
    const first = [identity, 'tel:+1-212-555-1111'];
    const of = (publicIdentities: string[]) => ({ kind: 'data', data: { publicIdentities } });
    expect(await read({ references })).toEqual(of([...first, 'sip:work@home1.net']));
    expect(await read({ references, identitySets: ['implicit'] })).toEqual(of(first));
    expect(await read({ references, identitySets: ['registered'] })).toEqual(of(['sip:work@home1.net']));
  });

  test('InitialFilterCriteria of the AS that is named, charging functions', async () => {
    const { read } = await network();
    const services = { kind: 'public-identity', identity: 'sip:barred@home1.net' } as const;
    const references = ['initial-filter-criteria'] as const;
    expect(await read({ user: services, references, serverName: 'sip:as' })).toMatchObject({
      data: { initialFilterCriteria: [{ priority: 0, applicationServer: { serverName: 'sip:as' } }] },
    });
    expect(await read({ user: services, references, serverName: 'sip:other' })).toEqual({
      kind: 'data',
      data: { initialFilterCriteria: [] },
    });
    const other = { kind: 'public-identity', identity: 'sip:family@home1.net' } as const;
    expect(await read({ user: other, references: ['charging-information'] })).toEqual({
      kind: 'data',
      data: { charging: family.charging },
    });
  });

  test.each<[string, Partial<UserData>, object]>([
    ['an unknown user', { user: { kind: 'public-identity', identity: 'sip:x@y' } }, { kind: 'unknown-user' }],
    [
      'data that no HSS of this kind has',
      { references: ['location-information'] },
      { kind: 'user-data-not-available' },
    ],
    [
      'repository data of no service',
      { references: ['repository-data'] },
      { kind: 'failed', resultCode: 5005 },
    ],
    [
      'filter criteria of no AS',
      { references: ['initial-filter-criteria'] },
      { kind: 'failed', resultCode: 5005 },
    ],
  ])('%s', async (_, asked, answer) => {
    const { read } = await network();
    expect(await read(asked)).toEqual(answer);
  });

  test('an AS that is not in the permission list reads, changes and learns nothing', async () => {
    const { read, write, sh, until, host, notifications } = await network('as9.home1.net');
    expect(await read({})).toEqual({ kind: 'user-data-cannot-be-read' });
    expect(await write({ serviceIndication: 's', sequenceNumber: 0, serviceData: '<a/>' })).toEqual({
      kind: 'user-data-cannot-be-modified',
    });
    const asked = { user, references: ['ims-user-state'], type: 'subscribe' } as const;
    expect(await until(sh.subscribeNotifications(asked))).toEqual({ kind: 'user-data-cannot-be-notified' });
    expect(await notifications()).toBeUndefined();
    expect(host.trace.decisions.at(-1)).toEqual({
      clause: 'TS 29.328 6.1.3',
      text: `SNR (subscribe) for ${identity}: user-data-cannot-be-notified, as9.home1.net is not in the permission list`,
    });
  });
});

describe('TS 29.328 6.1.2 PUR', () => {
  const data = (sequenceNumber: number, serviceData?: string): RepositoryData => ({
    serviceIndication: 'notes',
    sequenceNumber,
    ...(serviceData !== undefined && { serviceData }),
  });
  const asked = { references: ['repository-data'], serviceIndications: ['notes'] } as const;

  test('6.1.2.1: 0 makes it, one more each time changes it, without data it is removed', async () => {
    const { read, write } = await network();
    expect(await read(asked)).toEqual({ kind: 'data', data: {} });
    expect(await write(data(0, '<note>1</note>'))).toEqual({ kind: 'updated' });
    expect(await write(data(1, '<note>2</note>'))).toEqual({ kind: 'updated' });
    expect(await read(asked)).toEqual({
      kind: 'data',
      data: { repositoryData: [data(1, '<note>2</note>')] },
    });
    expect(await write(data(2))).toEqual({ kind: 'updated' });
    expect(await read(asked)).toEqual({ kind: 'data', data: {} });
  });

  test.each([
    ['made with another number', [], data(1, '<a/>'), 'transparent-data-out-of-sync'],
    ['changed with the same number', [data(0, '<a/>')], data(0, '<b/>'), 'transparent-data-out-of-sync'],
    ['changed with one too many', [data(0, '<a/>')], data(2, '<b/>'), 'transparent-data-out-of-sync'],
    ['removed where there is none', [], data(0), 'operation-not-allowed'],
    ['too long', [], data(0, `<a>${'x'.repeat(20_000)}</a>`), 'too-much-data'],
  ])('6.1.2.1: %s: refused, nothing changes', async (_, before, update, kind) => {
    const { read, write } = await network();
    for (const one of before) await write(one);
    const there = await read(asked);
    expect(await write(update)).toEqual({ kind });
    expect(await read(asked)).toEqual(there);
  });

  test('of several the last of which is wrong, none is done; and there is a bound to services', async () => {
    const { read, write } = await network();
    const service = (name: string) => ({ serviceIndication: name, sequenceNumber: 0, serviceData: '<a/>' });
    expect(await write(service('a'), data(7, '<a/>'))).toEqual({ kind: 'transparent-data-out-of-sync' });
    expect(await read({ ...asked, serviceIndications: ['a'] })).toEqual({ kind: 'data', data: {} });
    const many = Array.from({ length: 17 }, (_, i) => service(String(i)));
    expect(await write(...many)).toEqual({ kind: 'too-much-data' });
    expect(await write(...many.slice(0, 16))).toEqual({ kind: 'updated' });
  });

  test('what is no repository data is not the AS’s to change', async () => {
    const { sh, until } = await network();
    const update = { user, references: ['ims-user-state'], data: { imsUserState: 'registered' } } as const;
    expect(await until(sh.profileUpdate(update))).toEqual({ kind: 'operation-not-allowed' });
  });
});

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
