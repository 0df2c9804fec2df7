import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Cx } from '@ims-sim/cx';
import { cxApplication, cxClient, locationInfoCommand, serverAssignmentCommand } from '@ims-sim/cx';
import type { Avp, AvpDefinition, CommandDefinition, DiameterNode } from '@ims-sim/diameter';
import { avpOf, base, cx as cxAvp, decodeMessage, get, startDiameterNode } from '@ims-sim/diameter';
import type { TestHost, TracedMessage } from '@ims-sim/host';
import { testHost } from '@ims-sim/host';
import { memoryStore, startHss } from '../src/index.js';
import { SCSCF, all, user1 } from './lab.js';
import { pcap } from './pcap.js';

const has = (program: string): boolean =>
  process.env['IMS_PEERS_REQUIRED'] !== undefined || spawnSync(program, ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'hss-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function network(originHost = 'scscf1.home1.net') {
  const host = testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'] });
  const hss = await startHss({
    host,
    listen: { address: '10.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store: memoryStore(),
    initial: all,
    clients: ['SCSCF1.home1.net'],
  });
  const clientHost = testHost({ name: 'cscf', addresses: ['10.0.0.2'], beside: host });
  const node = await startDiameterNode({
    host: clientHost,
    originHost,
    originRealm: 'home1.net',
    applications: [cxApplication],
    peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [hss.listening] }],
  });
  if (originHost === 'scscf1.home1.net') await host.clock.until(node.ready());
  return { host, clientHost, hss, node, cx: cxClient({ node, destinationRealm: 'home1.net' }) };
}

test('where it does not start the store is closed', async () => {
  let closed = 0;
  const store = { ...memoryStore(), close: async () => void closed++ };
  const options = {
    host: testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'] }),
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store,
  };
  const twice = [user1, { ...user1, privateIdentities: [{ identity: 'thief@home1.net' }] as const }];
  const listen = { address: '10.0.0.1', port: 3868 };
  await expect(startHss({ ...options, listen, initial: twice })).rejects.toThrow('give each its own');
  expect(closed).toBe(1);
  const elsewhere = { address: '10.0.0.9', port: 3868 };
  await expect(startHss({ ...options, listen: elsewhere, initial: [] })).rejects.toThrow();
  expect(closed).toBe(2);
});

const publicIdentity = 'sip:user1_public1@home1.net';
const privateIdentity = user1.privateIdentities[0].identity;

/** A registration from the first question to the last deregistration, with what is asked in between. */
async function lifeOf(cx: Cx, host: TestHost): Promise<string[]> {
  const kinds: string[] = [];
  const note = async (answer: Promise<{ kind: string }>): Promise<void> => {
    kinds.push((await host.clock.until(answer)).kind);
  };
  const authorization = { privateIdentity, publicIdentity, visitedNetwork: 'home1.net' };
  const assignment = {
    privateIdentity,
    publicIdentities: [publicIdentity],
    serverName: SCSCF,
    userDataAlreadyAvailable: false,
  };
  await note(cx.userAuthorization({ ...authorization, type: 'registration' }));
  await note(cx.locationInfo({ publicIdentity }));
  await note(cx.locationInfo({ publicIdentity, originating: true }));
  await note(
    cx.multimediaAuth({
      privateIdentity,
      publicIdentity,
      serverName: SCSCF,
      scheme: 'Digest-AKAv1-MD5',
      items: 2,
    }),
  );
  await note(cx.serverAssignment({ ...assignment, type: 'registration' }));
  await note(cx.userAuthorization({ ...authorization, type: 'registration' }));
  await note(cx.locationInfo({ publicIdentity: 'tel:+12125551111' }));
  await note(
    cx.serverAssignment({ ...assignment, serverName: 'sip:scscf9.home1.net', type: 'unregistered-user' }),
  );
  await note(cx.serverAssignment({ ...assignment, type: 'user-deregistration' }));
  await note(cx.userAuthorization({ ...authorization, type: 'de-registration' }));
  await note(cx.locationInfo({ publicIdentity: 'sip:nobody@home1.net' }));
  return kinds;
}

const life = [
  'first-registration',
  'identity-not-registered',
  'unregistered-service',
  'vectors',
  'assigned',
  'subsequent-registration',
  'served',
  'identity-already-registered',
  'assigned',
  'identity-not-registered',
  'unknown-user',
];

describe('an HSS and a CSCF', () => {
  test('a registration’s life', async () => {
    const { cx, host, hss, node } = await network();
    expect(await lifeOf(cx, host)).toEqual(life);
    await host.clock.until(Promise.all([node.close(), hss.close()]));
  });

  test('each decision is in the trace with its clause', async () => {
    const { cx, host } = await network();
    await lifeOf(cx, host);
    expect(host.trace.decisions).toHaveLength(life.length);
    expect(host.trace.decisions[0]).toEqual({
      clause: 'TS 29.228 6.1.1',
      text: `UAR (registration) for ${publicIdentity}: first-registration, not registered and no S-CSCF assigned`,
    });
    expect(host.trace.decisions[6]).toEqual({
      clause: 'TS 29.228 6.1.4',
      text: 'LIR for tel:+12125551111: served, registered',
    });
  });

  test('TS 29.229 5.4: the HSS that answered is the Destination-Host from then on', async () => {
    const { cx, host, clientHost } = await network();
    for (let i = 0; i < 2; i++) await host.clock.until(cx.locationInfo({ publicIdentity }));
    const hosts = clientHost.trace.messages
      .filter(({ direction, bytes }) => direction === 'sent' && Buffer.from(bytes).readUIntBE(5, 3) === 302)
      .map(({ bytes }) => read(bytes, base.destinationHost));
    expect(hosts).toEqual([undefined, 'hss1.home1.net']);
  });

  test.each([
    ['a feature that is demanded: DIAMETER_ERROR_FEATURE_UNSUPPORTED', 2, true, 5011],
    ['a feature that is offered', 2, false, 5003],
    ['the demand of none', 0, true, 5003],
  ])('TS 29.229 7.2.1 %s', async (_, list, mandatory, code) => {
    const { host, node } = await network();
    const features = avpOf({ ...cxAvp.supportedFeatures, mandatory }, [
      avpOf(base.vendorId, 10415),
      avpOf(cxAvp.featureListId, 1),
      avpOf(cxAvp.featureList, list),
    ]);
    const avps = [avpOf(cxAvp.publicIdentity, publicIdentity), features];
    expect(await experimentalResult(host, node, locationInfoCommand, avps)).toBe(code);
  });

  test('an assignment type of another reference point: DIAMETER_INVALID_AVP_VALUE and Failed-AVP', async () => {
    const { host, node } = await network();
    const outcome = await host.clock.until(
      send(node, serverAssignmentCommand, [
        avpOf(cxAvp.serverName, SCSCF),
        avpOf(cxAvp.serverAssignmentType, 13),
        avpOf(cxAvp.userDataAlreadyAvailable, 0),
      ]),
    );
    if (outcome.kind !== 'answer') throw new Error(outcome.text);
    expect(get(outcome.message, base.resultCode)).toBe(5004);
    const failed = get(outcome.message, base.failedAvp);
    expect(failed && get(failed, cxAvp.serverAssignmentType)).toBe(13);
  });

  test('a node that is none of its CSCFs learns nothing', async () => {
    const { cx, host } = await network('evil.home1.net');
    expect(await host.clock.until(cx.locationInfo({ publicIdentity }))).toMatchObject({
      kind: 'unreachable',
    });
  });

  test('an HSS that is gone: unreachable', async () => {
    const { cx, host, hss } = await network();
    await host.clock.until(hss.close());
    await host.clock.advance(1);
    expect(await host.clock.until(cx.locationInfo({ publicIdentity }))).toMatchObject({
      kind: 'unreachable',
    });
  });
});

function send(node: DiameterNode, command: CommandDefinition, avps: readonly Avp[]) {
  return node.request({ command, sessionId: node.nextSessionId(), destinationRealm: 'home1.net', avps });
}

async function experimentalResult(
  host: TestHost,
  node: DiameterNode,
  command: CommandDefinition,
  avps: readonly Avp[],
): Promise<number | undefined> {
  const outcome = await host.clock.until(send(node, command, avps));
  if (outcome.kind !== 'answer') throw new Error(outcome.text);
  const result = get(outcome.message, base.experimentalResult);
  return result && get(result, base.experimentalResultCode);
}

function read(bytes: Uint8Array, definition: AvpDefinition<'identity'>): string | undefined {
  const decoding = decodeMessage(Buffer.from(bytes), 100);
  return decoding.kind === 'message' ? get(decoding.message, definition) : undefined;
}

/** What tshark makes of a capture, or says against it. */
function tshark(messages: readonly TracedMessage[]): string {
  const file = join(folder, 'cx.pcap');
  writeFileSync(file, pcap(messages));
  const { stdout, stderr, status } = spawnSync(
    'tshark',
    ['-r', file, '-d', 'tcp.port==3868,diameter', '-O', 'diameter'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

(has('tshark') ? test : test.skip)(
  'tshark reads every message, with nothing unknown or malformed [needs tshark]',
  async () => {
    const { cx, host, hss, node, clientHost } = await network();
    await lifeOf(cx, host);
    await host.clock.advance(100_000); // watchdogs
    await host.clock.until(Promise.all([node.close(), hss.close()]));
    const messages = clientHost.trace.messages;
    const text = tshark(messages);
    const commands = [...text.matchAll(/Command Code: .*\((\d+)\)/g)].map(([, code]) => Number(code));
    expect([...new Set(commands)].sort()).toEqual([257, 280, 282, 300, 301, 302, 303]);
    expect(commands).toHaveLength(messages.length);
    const complaints = /malformed|unknown|undecoded|\[expert info/i;
    const lines = text.replaceAll('DIAMETER_ERROR_USER_UNKNOWN', '').split('\n');
    expect(lines.filter((line) => complaints.test(line))).toEqual([]);
  },
  180_000,
);
