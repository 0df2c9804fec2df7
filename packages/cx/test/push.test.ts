import { describe, expect, test } from '@jest/globals';
import type { TestHost } from '@ims-sim/host';
import { testHost } from '@ims-sim/host';
import type { DiameterNode, IncomingRequest, OutgoingAnswer } from '@ims-sim/diameter';
import { avpOf, base, cx, get, startDiameterNode } from '@ims-sim/diameter';
import type {
  CxPush,
  PushProfileAnswer,
  RegistrationTermination,
  RegistrationTerminationAnswer,
} from '../src/index.js';
import {
  cxApplication,
  cxClient,
  cxFeature,
  cxPushClient,
  cxPushHandler,
  cxResult,
  decodePushProfile,
  decodePushProfileAnswer,
  decodeRegistrationTermination,
  decodeRegistrationTerminationAnswer,
  encodeMultimediaAuth,
  encodePushProfile,
  encodePushProfileAnswer,
  encodeRegistrationTermination,
  encodeRegistrationTerminationAnswer,
  featuresOf,
  multimediaAuthCommand,
  pushProfileCommand,
  registrationTerminationCommand,
  supportedFeatures,
} from '../src/index.js';
import { authenticationItem } from '../src/authentication-item.js';
import { answer, request } from './lab.js';
import { digestItem, mar, ppr, rtr, vector } from './samples.js';

describe('TS 29.229 6.1.9 to 6.1.12', () => {
  test.each<RegistrationTermination>([
    rtr,
    { ...rtr, reason: 'permanent-termination' },
    { ...rtr, reason: 'server-change', publicIdentities: [] },
    { privateIdentity: 'a', associatedIdentities: [], publicIdentities: [], reason: 'remove-s-cscf' },
  ])('RTR, $reason', (asked) => {
    const message = request(registrationTerminationCommand, encodeRegistrationTermination(asked));
    expect(decodeRegistrationTermination(message)).toEqual(asked);
  });

  test.each<RegistrationTerminationAnswer>([
    { kind: 'terminated' },
    { kind: 'terminated', associatedIdentities: ['a', 'b'] },
    { kind: 'identity-not-registered' },
    { kind: 'failed', resultCode: 5012 },
  ])('RTA %j', (given) => {
    const message = answer(registrationTerminationCommand, encodeRegistrationTerminationAnswer(given));
    expect(decodeRegistrationTerminationAnswer(message)).toEqual(given);
  });

  test.each([ppr, { privateIdentity: 'a' }, { privateIdentity: 'a', charging: { primaryCcf: 'aaa://c' } }])(
    'PPR %#',
    (given) => {
      expect(decodePushProfile(request(pushProfileCommand, encodePushProfile(given)))).toEqual(given);
    },
  );

  test('PPR with another password (TS 29.228 6.2.2.1), never with a vector of AKA', () => {
    const given = { privateIdentity: 'a', digest: digestItem };
    expect(decodePushProfile(request(pushProfileCommand, encodePushProfile(given)))).toEqual(given);
    const avps = [avpOf(base.userName, 'a'), authenticationItem(vector(1), 1)];
    expect(decodePushProfile(request(pushProfileCommand, avps))).toEqual({ privateIdentity: 'a' });
  });

  test('PPR with a profile that is none', () => {
    const avps = [avpOf(base.userName, 'a'), avpOf(cx.userData, Buffer.from('<a/>'))];
    expect(decodePushProfile(request(pushProfileCommand, avps))).toBeUndefined();
  });

  test.each<PushProfileAnswer>([{ kind: 'updated' }, { kind: 'too-much-data' }, { kind: 'unknown-user' }])(
    'PPA %j',
    (given) => {
      expect(decodePushProfileAnswer(answer(pushProfileCommand, encodePushProfileAnswer(given)))).toEqual(
        given,
      );
    },
  );
});

interface Pair {
  readonly clock: TestHost['clock'];
  readonly hss: DiameterNode;
  readonly scscf: DiameterNode;
  readonly asked: object[];
}

/** An HSS that takes connections, and an S-CSCF that has opened one to it. */
async function pair(
  onRequest: (request: IncomingRequest) => OutgoingAnswer = () => ({ avps: [cxResult.success] }),
): Promise<Pair> {
  const a = testHost({ name: 'hss1', addresses: ['10.0.0.1'] });
  const b = testHost({ name: 'scscf1', addresses: ['10.0.0.2'], beside: a });
  const asked: object[] = [];
  const push: CxPush = {
    registrationTermination: async (request) => {
      asked.push(request);
      return { kind: 'terminated', associatedIdentities: ['b'] };
    },
    pushProfile: async (request) => {
      asked.push(request);
      return { kind: 'updated' };
    },
  };
  const at = { address: '10.0.0.1', port: 3868 };
  const hss = await startDiameterNode({
    host: a,
    originHost: 'hss1.home1.net',
    originRealm: 'home1.net',
    listen: at,
    applications: [cxApplication],
    onRequest,
  });
  const scscf = await startDiameterNode({
    host: b,
    originHost: 'scscf1.home1.net',
    originRealm: 'home1.net',
    applications: [cxApplication],
    peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [at] }],
    onRequest: cxPushHandler(push),
  });
  await a.clock.until(scscf.ready());
  return { clock: a.clock, hss, scscf, asked };
}

const SCSCF = { host: 'scscf1.home1.net', realm: 'home1.net' };

describe('the HSS asks over the connection that the S-CSCF opened', () => {
  test('TS 29.228 6.1.3 RTR and 6.2.2 PPR', async () => {
    const { clock, hss, asked } = await pair();
    const client = cxPushClient({ node: hss });
    expect(await clock.until(client.registrationTermination(SCSCF, rtr))).toEqual({
      kind: 'terminated',
      associatedIdentities: ['b'],
    });
    expect(await clock.until(client.pushProfile(SCSCF, ppr))).toEqual({ kind: 'updated' });
    expect(asked).toEqual([rtr, ppr]);
  });

  test('an S-CSCF that is not connected: unreachable, and nobody else is asked', async () => {
    const { clock, hss, asked } = await pair();
    const to = { host: 'scscf9.home1.net', realm: 'home1.net' };
    const outcome = await clock.until(cxPushClient({ node: hss }).pushProfile(to, ppr));
    expect(outcome).toMatchObject({ kind: 'unreachable' });
    expect(asked).toEqual([]);
  });

  test.each([
    [
      '5009 to a profile that cannot be read',
      pushProfileCommand,
      [avpOf(base.userName, 'a'), avpOf(cx.userData, Buffer.from('<a/>'))],
      5009,
      true,
    ],
    [
      '5011 to a feature that is demanded and not there',
      pushProfileCommand,
      [avpOf(base.userName, 'a'), ...supportedFeatures(1 << 7, true)],
      5011,
      true,
    ],
  ])('%s', async (_, command, avps, code, experimental) => {
    const { clock, hss, asked } = await pair();
    const outcome = await clock.until(
      hss.request({
        command,
        sessionId: 'a',
        destinationRealm: 'home1.net',
        destinationHost: SCSCF.host,
        avps,
      }),
    );
    expect(outcome.kind === 'answer' && cxResult.resultOf(outcome.message)).toEqual({ code, experimental });
    expect(asked).toEqual([]);
  });

  test('a MAR is none of an S-CSCF’s: DIAMETER_COMMAND_UNSUPPORTED with the E bit', async () => {
    const { clock, hss } = await pair();
    const outcome = await clock.until(
      hss.request({
        command: multimediaAuthCommand,
        sessionId: 'a',
        destinationRealm: 'home1.net',
        destinationHost: SCSCF.host,
        avps: encodeMultimediaAuth(mar),
      }),
    );
    if (outcome.kind !== 'answer') throw new Error(outcome.text);
    expect(get(outcome.message, base.resultCode)).toBe(3001);
    expect(outcome.message.flags & 0x20).toBe(0x20);
  });
});

describe('TS 29.229 7.2.1: features', () => {
  test('a request says what the CSCF has, the answer what both have', async () => {
    const said: number[] = [];
    const { clock, scscf, hss } = await pair(({ message }) => {
      said.push(featuresOf(message));
      return { avps: [cxResult.success] };
    });
    const features = cxFeature.sharedFilterCriteria | cxFeature.restoration;
    const node = scscf;
    await clock.until(
      cxClient({ node, destinationRealm: 'home1.net' }).locationInfo({ publicIdentity: 'sip:a' }),
    );
    await clock.until(
      cxClient({ node, destinationRealm: 'home1.net', features: 0 }).locationInfo({
        publicIdentity: 'sip:a',
      }),
    );
    expect(said).toEqual([features, 0]);
    const outcome = await clock.until(
      hss.request({
        command: pushProfileCommand,
        sessionId: 'a',
        destinationRealm: 'home1.net',
        destinationHost: SCSCF.host,
        avps: [avpOf(base.userName, 'a'), ...supportedFeatures(cxFeature.sharedFilterCriteria | (1 << 9))],
      }),
    );
    if (outcome.kind !== 'answer') throw new Error(outcome.text);
    expect(get(outcome.message, base.resultCode)).toBe(2001);
    expect(featuresOf(outcome.message)).toBe(cxFeature.sharedFilterCriteria);
  });
});

describe('TS 29.229 5.4: Destination-Host', () => {
  test('is learned from who answers, and forgotten when nobody is there', async () => {
    const hosts: (string | undefined)[] = [];
    const { clock, scscf, hss } = await pair(({ message }) => {
      hosts.push(get(message, base.destinationHost));
      return { avps: [cxResult.success, avpOf(cx.serverName, 'sip:s')] };
    });
    const client = cxClient({ node: scscf, destinationRealm: 'home1.net' });
    const ask = () => clock.until(client.locationInfo({ publicIdentity: 'sip:a@b' }));
    await ask();
    await ask();
    expect(hosts).toEqual([undefined, 'hss1.home1.net']);
    await clock.until(hss.close());
    expect(await ask()).toMatchObject({ kind: 'unreachable' });
  });
});
