import { describe, expect, test } from '@jest/globals';
import type { Cx } from '@ims-sim/cx';
import {
  cxApplication,
  cxClient,
  cxResult,
  encodeLocationInfo,
  encodeMultimediaAuth,
  encodeServerAssignment,
  encodeUserAuthorization,
  locationInfoCommand,
  multimediaAuthCommand,
  serverAssignmentCommand,
  userAuthorizationCommand,
} from '@ims-sim/cx';
import type { Avp, CommandDefinition, IncomingRequest } from '@ims-sim/diameter';
import {
  avpOf,
  base,
  cx as cxAvp,
  decodeMessage,
  encodeMessage,
  get,
  startDiameterNode,
  experimentalResult3gpp,
} from '@ims-sim/diameter';
import type { Log } from '@ims-sim/host';
import { silentLog, testHost } from '@ims-sim/host';
import { cxServer } from '../src/cx-server.js';
import type { SubscriberStore } from '../src/index.js';
import { keyOf, memoryStore, noState, startHss } from '../src/index.js';
import { SCSCF, all, barred, family, registered, services, user1 } from './lab.js';

const privateIdentity = 'user1_private@home1.net';
const publicIdentity = 'sip:user1_public1@home1.net';
const assignment = {
  privateIdentity,
  publicIdentities: [publicIdentity],
  serverName: SCSCF,
  type: 'registration',
  userDataAlreadyAvailable: false,
} as const;

function incoming(command: CommandDefinition, avps: readonly Avp[]): IncomingRequest {
  const { code, application } = command;
  const bytes = encodeMessage({
    flags: 0xc0,
    command: code,
    application,
    hopByHop: 1,
    endToEnd: 1,
    avps: [avpOf(base.originHost, 'scscf1.home1.net'), avpOf(base.originRealm, 'home1.net'), ...avps],
  });
  const decoding = decodeMessage(bytes, 100);
  if (decoding.kind !== 'message') throw new Error('malformed');
  return { command, message: decoding.message, peer: 'scscf1.home1.net' };
}

const lir = incoming(locationInfoCommand, encodeLocationInfo({ publicIdentity }));
const uar = incoming(
  userAuthorizationCommand,
  encodeUserAuthorization({
    privateIdentity,
    publicIdentity,
    visitedNetwork: 'home1.net',
    type: 'registration',
  }),
);
const sar = incoming(serverAssignmentCommand, encodeServerAssignment(assignment));
const mar = incoming(
  multimediaAuthCommand,
  encodeMultimediaAuth({ privateIdentity, publicIdentity, serverName: SCSCF, scheme: 'Unknown', items: 1 }),
);

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** A store in memory whose writes end when they are let. */
async function slowStore() {
  const store = memoryStore();
  await store.load(all);
  const waiting: (() => void)[] = [];
  const slow: SubscriberStore = {
    ...store,
    update: async (key, change) => {
      const result = await store.update(key, change);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return result;
    },
  };
  return {
    store: slow,
    write: () =>
      waiting.splice(0).forEach((done) => {
        done();
      }),
  };
}

function serverOn(store: SubscriberStore) {
  return cxServer({
    host: testHost(),
    store,
    homeDomain: 'home1.net',
    preferred: 'aka',
    sharedFilterCriteria: {},
  });
}

describe('an HSS and its store', () => {
  test('LIR and UAR that change nothing are answered in the same turn, whatever is being written', async () => {
    const { store, write } = await slowStore();
    const answer = serverOn(store);
    const assigned = answer(sar);
    for (const request of [lir, uar]) expect(answer(request)).toHaveProperty('avps');
    await turns();
    write();
    await assigned;
  });

  test.each([
    ['SAR', sar],
    ['MAR', mar],
  ])('%s is answered when it is kept, not before', async (_, request) => {
    const { store, write } = await slowStore();
    let answered = false;
    const answer = Promise.resolve(serverOn(store)(request)).then(() => (answered = true));
    await turns();
    expect(answered).toBe(false);
    write();
    await answer;
    expect(answered).toBe(true);
  });

  test('a store that answers later: the same', async () => {
    const memory = memoryStore();
    await memory.load(all);
    const later: SubscriberStore = {
      ...memory,
      byPrivateIdentity: async (identity) => memory.byPrivateIdentity(identity),
      byPublicIdentity: async (identity) => memory.byPublicIdentity(identity),
    };
    const [now, then] = [serverOn(memory), serverOn(later)];
    for (const request of [lir, uar, sar, lir, uar]) {
      expect(await then(request)).toEqual(await now(request));
    }
  });

  test('a subscription that goes between two steps: DIAMETER_ERROR_USER_UNKNOWN', async () => {
    const memory = memoryStore();
    await memory.load(all);
    const answer = serverOn({ ...memory, update: () => Promise.resolve(undefined) });
    const { avps } = await answer(sar);
    expect(avps[0]).toEqual(experimentalResult3gpp(cxResult.ERROR_USER_UNKNOWN));
  });

  test('an unknown scheme: DIAMETER_ERROR_AUTH_SCHEME_NOT_SUPPORTED', async () => {
    const { host, node } = await network(memoryStore());
    const outcome = await host.clock.until(
      node.request({
        command: multimediaAuthCommand,
        sessionId: node.nextSessionId(),
        destinationRealm: 'home1.net',
        avps: [
          avpOf(base.userName, privateIdentity),
          avpOf(cxAvp.publicIdentity, publicIdentity),
          avpOf(cxAvp.sipAuthDataItem, [avpOf(cxAvp.sipAuthenticationScheme, 'NASS-Bundled')]),
          avpOf(cxAvp.sipNumberAuthItems, 1),
          avpOf(cxAvp.serverName, SCSCF),
        ],
      }),
    );
    if (outcome.kind !== 'answer') throw new Error(outcome.text);
    const result = get(outcome.message, base.experimentalResult);
    expect(result && get(result, base.experimentalResultCode)).toBe(5006);
  });
});

async function network(store: SubscriberStore, log: Log = silentLog) {
  const host = testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'], log });
  const hss = await startHss({
    host,
    listen: { address: '10.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store,
    initial: all,
  });
  const node = await startDiameterNode({
    host: testHost({ name: 'scscf1.home1.net', addresses: ['10.0.0.2'], beside: host }),
    originHost: 'scscf1.home1.net',
    originRealm: 'home1.net',
    applications: [cxApplication],
    peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [hss.listening] }],
  });
  await host.clock.until(node.ready());
  return { host, hss, node, cx: cxClient({ node, destinationRealm: 'home1.net' }) };
}

describe('a store that cannot be used', () => {
  test.each<[string, Partial<SubscriberStore>, (cx: Cx) => Promise<unknown>]>([
    [
      'a write',
      { update: () => Promise.reject(new Error('disk full')) },
      (cx) => cx.serverAssignment(assignment),
    ],
    [
      'a lookup',
      { byPublicIdentity: () => Promise.reject(new Error('gone')) },
      (cx) => cx.locationInfo({ publicIdentity }),
    ],
  ])(
    '%s that fails: DIAMETER_UNABLE_TO_COMPLY and a line in the log; the next request is served',
    async (_, broken, ask) => {
      const errors: string[] = [];
      const log: Log = { ...silentLog, error: (text) => errors.push(text) };
      const memory = memoryStore();
      let isBroken = false;
      const store = new Proxy(memory, {
        get: (target, name: keyof SubscriberStore) =>
          isBroken && name in broken ? broken[name] : target[name],
      });
      const { host, cx } = await network(store, log);
      isBroken = true;
      expect(await host.clock.until(ask(cx))).toEqual({ kind: 'failed', resultCode: 5012 });
      expect(errors).toHaveLength(1);
      isBroken = false;
      expect(await memory.byPrivateIdentity(privateIdentity)).toMatchObject({ state: noState });
      expect(await host.clock.until(cx.serverAssignment(assignment))).toMatchObject({ kind: 'assigned' });
    },
  );
});

describe('the subscriptions that an HSS starts with', () => {
  test('are put where the store has none, keep their state, and leave others alone', async () => {
    const store = memoryStore();
    const other = {
      ...family,
      privateIdentities: [{ identity: 'other' }],
      implicitSets: [
        {
          serviceProfiles: [
            {
              publicIdentities: [{ identity: 'sip:other@home1.net', barred: false }],
              initialFilterCriteria: [],
            },
          ],
        },
      ],
    } as const;
    const provisioned = { ...family, charging: { primaryCcf: 'aaa://other.home1.net' } };
    await store.load([user1, provisioned, other]);
    await store.update(keyOf(user1), () => ({ result: 0, state: registered }));
    const loaded: string[] = [];
    const watched: SubscriberStore = {
      ...store,
      load: (subscriptions) => {
        for (const subscription of subscriptions as Iterable<typeof user1>) loaded.push(keyOf(subscription));
        return store.load(subscriptions);
      },
    };
    const { host, cx } = await network(watched);
    expect(loaded).toEqual([barred, services].map(keyOf));
    expect(await host.clock.until(cx.locationInfo({ publicIdentity }))).toMatchObject({ kind: 'served' });
    expect((await store.byPrivateIdentity(keyOf(family)))?.subscription).toEqual(provisioned);
    expect(await store.count()).toBe(all.length + 1);
  });

  test('two with one identity: no start, and it is named', async () => {
    const thief = { ...user1, privateIdentities: [{ identity: 'thief' }] } as const;
    const host = testHost();
    const start = startHss({
      host,
      listen: { address: '127.0.0.1', port: 3868 },
      originRealm: 'home1.net',
      homeDomain: 'home1.net',
      store: memoryStore(),
      initial: [user1, thief],
    });
    await expect(start).rejects.toThrow(
      `${publicIdentity} is an identity of ${privateIdentity} and of thief: give each its own`,
    );
  });
});

test('the provisioning interface is started where it is asked for, and ends with the HSS', async () => {
  const host = testHost({ name: 'hss1.home1.net' });
  const hss = await startHss({
    host,
    listen: { address: '127.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store: memoryStore(),
    initial: all,
    provisioning: { listen: { address: '127.0.0.1', port: 0 } },
  });
  const { port = 0 } = hss.http ?? {};
  expect((await fetch(`http://127.0.0.1:${String(port)}/health`)).status).toBe(200);
  await host.clock.until(hss.close());
  await expect(fetch(`http://127.0.0.1:${String(port)}/health`)).rejects.toThrow();
}, 180_000);
