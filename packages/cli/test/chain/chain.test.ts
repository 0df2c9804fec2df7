import { describe, expect, test } from '@jest/globals';
import type { Cx, UserProfile } from '@ims-sim/cx';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';
import { testHost, type TestHost } from '@ims-sim/host';
import { startICscf } from '@ims-sim/i-cscf';
import { startPCscf } from '@ims-sim/p-cscf';
import {
  addresses,
  createRequest,
  header,
  parseMessage,
  parseUri,
  responseTo,
  startSipStack,
  values,
  vias,
  type Profile,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '@ims-sim/sip';
import { startSCscf } from '../src/index.js';
import { criterion, method } from './harness.js';

/**
 * Two networks in memory, P-I-S each, with a scripted AS and scripted UEs: TR 24.841 6.1.1 as far as the CSCFs go. An element's own tests are
 * in its own package; this one is about what they are together.
 */
const PLACES = {
  'pcscf1.home1.net': '127.0.1.1',
  'icscf1.home1.net': '127.0.1.2',
  'scscf1.home1.net': '127.0.1.3',
  'pcscf2.home2.net': '127.0.2.1',
  'icscf2.home2.net': '127.0.2.2',
  'scscf2.home2.net': '127.0.2.3',
  'ps.home2.net': '127.0.2.4',
  ue1: '127.0.3.1',
  ue2: '127.0.3.2',
} as const;

type Place = keyof typeof PLACES;

const LIMITS = { minExpiresS: 60, maxExpiresS: 7200, defaultExpiresS: 3600 };

function resolver(): Resolver {
  return {
    resolve<T extends keyof RecordTypes>(name: string, type: T) {
      return answerTo(name, type) as DnsAnswer<RecordTypes[T]>;
    },
  };
}

function answerTo(name: string, type: keyof RecordTypes): DnsAnswer<object> {
  const address = PLACES[name as Place];
  const domain = /^_sip\._udp\.home([12])\.net$/.exec(name)?.[1];
  if (type === 'A' && address !== undefined) return { kind: 'records', records: [{ address }] };
  if (type === 'SRV' && domain !== undefined) {
    return {
      kind: 'records',
      records: [{ priority: 0, weight: 0, port: 5060, target: `icscf${domain}.home${domain}.net` }],
    };
  }
  if (type === 'NAPTR' && name === '2.2.2.2.5.5.5.2.1.2.1.e164.arpa') {
    const rule = { services: 'E2U+sip', regexp: '!^.*$!sip:user2_public1@home2.net!', replacement: '' };
    return { kind: 'records', records: [{ order: 1, preference: 1, flags: 'u', ...rule }] };
  }
  return { kind: 'empty' };
}

function hss(domain: '1' | '2', profile: UserProfile): Cx {
  const serverName = `sip:scscf${domain}.home${domain}.net`;
  const knows = (identity: string) =>
    profile.serviceProfiles.some((part) =>
      part.publicIdentities.some((known) => known.identity === identity),
    );
  return {
    userAuthorization: async ({ publicIdentity }) =>
      knows(publicIdentity) ? { kind: 'subsequent-registration', serverName } : { kind: 'unknown-user' },
    locationInfo: async ({ publicIdentity }) =>
      knows(publicIdentity) ? { kind: 'served', serverName } : { kind: 'unknown-user' },
    serverAssignment: async ({ publicIdentities: [identity = ''] }) =>
      knows(identity) ? { kind: 'assigned', profile } : { kind: 'unknown-user' },
  };
}

function profileOf(user: '1' | '2'): UserProfile {
  return {
    privateIdentity: `user${user}_private@home${user}.net`,
    serviceProfiles: [
      {
        publicIdentities: [
          { identity: `sip:user${user}_public1@home${user}.net`, barred: false },
          { identity: `tel:+1-212-555-${user.repeat(4)}`, barred: false },
        ],
        initialFilterCriteria:
          user === '1'
            ? []
            : [
                criterion(0, 'ps.home2.net'),
                criterion(1, 'ps.home2.net', {
                  triggerPoint: { cnf: false, servicePointTriggers: [method('PUBLISH')] },
                }),
              ],
      },
    ],
  };
}

interface Party {
  readonly stack: SipStack;
  readonly requests: SipRequest[];
  answer: (request: SipRequest) => SipResponse | undefined;
  send(request: SipRequest): Promise<SipResponse | string>;
}

interface Network {
  readonly clock: TestHost['clock'];
  readonly hosts: ReadonlyMap<Place, TestHost>;
  readonly ue1: Party;
  readonly ue2: Party;
  readonly ps: Party;
  /** What came in at a place, oldest first. */
  received(place: Place): SipMessage[];
  register(party: Party, user: '1' | '2'): Promise<SipResponse | string>;
  close(): Promise<void>;
}

async function network(profile: Profile = 'tr-24.841'): Promise<Network> {
  let first: TestHost | undefined;
  const hosts = new Map<Place, TestHost>();
  for (const [name, address] of Object.entries(PLACES)) {
    const host = testHost({ name, addresses: [address], ...(first && { beside: first }) });
    first ??= host;
    hosts.set(name as Place, host);
  }
  const at = (place: Place) => ({
    host: hosts.get(place) as TestHost,
    listen: { address: PLACES[place], port: 5060 },
    resolver: resolver(),
    names: [place] as [string],
    profile,
  });
  const running = await Promise.all(
    (['1', '2'] as const).flatMap((n) => {
      const domain = `home${n}.net` as const;
      const cx = hss(n, profileOf(n));
      const sCscfs = [{ name: `scscf${n}.${domain}`, capabilities: [] }];
      return [
        startPCscf({ ...at(`pcscf${n}.${domain}` as Place), visitedNetwork: domain }),
        startICscf({
          ...at(`icscf${n}.${domain}` as Place),
          viaName: `icscf${n}_s.${domain}`,
          cx,
          domain,
          sCscfs,
        }),
        startSCscf({ ...at(`scscf${n}.${domain}` as Place), cx, domain, registrar: LIMITS }),
      ] as Promise<{ close(): Promise<void> }>[];
    }),
  );
  const clock = (first as TestHost).clock;
  const ue1 = await party(at('ue1'), clock);
  const ue2 = await party(at('ue2'), clock);
  const ps = await party(at('ps.home2.net'), clock, 'ps.home2.net');
  return {
    clock,
    hosts,
    ue1,
    ue2,
    ps,
    received: (place) =>
      (hosts.get(place)?.trace.messages ?? [])
        .filter(({ direction }) => direction === 'received')
        .map(({ bytes }) => message(Buffer.from(bytes).toString('latin1'))),
    register: (who, user) =>
      who.send(
        createRequest({
          method: 'REGISTER',
          uri: `sip:home${user}.net`,
          headers: [
            header('Max-Forwards', '70'),
            header('Route', `<sip:pcscf${user}.home${user}.net;lr>`),
            header('From', `<sip:user${user}_public1@home${user}.net>;tag=r`),
            header('To', `<sip:user${user}_public1@home${user}.net>`),
            header('Call-ID', `register-${user}`),
            header('CSeq', '1 REGISTER'),
            header('Contact', `<sip:${PLACES[`ue${user}`]}>`),
            header(
              'Authorization',
              `Digest username="user${user}_private@home${user}.net", realm="home${user}.net"`,
            ),
          ],
        }),
      ),
    async close() {
      for (const element of [...running, ue1.stack, ue2.stack, ps.stack]) await element.close();
    },
  };
}

function message(text: string): SipMessage {
  const parsed = parseMessage(text);
  if (parsed.kind !== 'message') throw new Error('not SIP');
  return parsed.message;
}

async function party(
  options: { host: TestHost; listen: { address: string; port: number }; resolver: Resolver },
  clock: TestHost['clock'],
  sentBy?: string,
): Promise<Party> {
  const requests: SipRequest[] = [];
  const stack = await startSipStack({
    ...options,
    ...(sentBy === undefined ? {} : { sentBy }),
    trying: 'never',
    onRequest(transaction) {
      requests.push(transaction.request);
      const response = it.answer(transaction.request);
      if (response !== undefined) transaction.respond(response);
    },
  });
  const it: Party = {
    stack,
    requests,
    answer: (request) => responseTo(request, 200, 'OK', { toTag: '151170', recordRoute: true }),
    send: (request) =>
      clock.until(
        new Promise((resolve) => {
          stack.send(request, {
            onResponse: (response) => {
              if (response.status >= 200) resolve(response);
            },
            onFailure: resolve,
          });
        }),
      ),
  };
  return it;
}

function subscribe(): SipRequest {
  return createRequest({
    method: 'SUBSCRIBE',
    uri: 'tel:+1-212-555-2222',
    headers: [
      header('Max-Forwards', '70'),
      header('P-Asserted-Identity', '<sip:user1_public1@home1.net>'),
      header('Privacy', 'none'),
      header('Route', '<sip:pcscf1.home1.net;lr>'),
      header('From', '<sip:user1_public1@home1.net>;tag=31415'),
      header('To', '<tel:+1-212-555-2222>'),
      header('Call-ID', 'b89rjhnedlrfjflslj40a222'),
      header('CSeq', '61 SUBSCRIBE'),
      header('Event', 'presence'),
      header('Expires', '7200'),
      header('Contact', `<sip:${PLACES.ue1}>`),
    ],
  });
}

function requestAt(net: Network, place: Place, name: string): SipRequest {
  const found = net
    .received(place)
    .find((it): it is SipRequest => it.kind === 'request' && it.method === name);
  if (found === undefined) throw new Error(`no ${name} came to ${place}`);
  return found;
}

function uris(request: SipRequest, key: string): string[] {
  return addresses(request, key).map(({ uriText }) => uriText);
}

describe('TR 24.841 6.1.1 through P-, S-, I- and S-CSCF', () => {
  test('SUBSCRIBE and NOTIFY, hop by hop', async () => {
    const net = await network();
    expect(await net.register(net.ue1, '1')).toMatchObject({ status: 200 });
    expect(await net.register(net.ue2, '2')).toMatchObject({ status: 200 });
    const answer = await net.ue1.send(subscribe());
    expect(answer).toMatchObject({ status: 200 });

    const step2 = requestAt(net, 'scscf1.home1.net', 'SUBSCRIBE');
    expect(step2.uri).toBe('tel:+1-212-555-2222');
    expect(uris(step2, 'route')).toEqual(['sip:scscf1.home1.net;lr']);
    const step5 = requestAt(net, 'icscf2.home2.net', 'SUBSCRIBE');
    expect(step5.uri).toBe('sip:user2_public1@home2.net');
    expect(uris(step5, 'route')).toEqual(['sip:icscf2.home2.net;lr']);
    const step8 = requestAt(net, 'scscf2.home2.net', 'SUBSCRIBE');
    expect(uris(step8, 'route')).toEqual(['sip:scscf2.home2.net;lr']);
    expect(vias(step8)[0]?.host).toBe('icscf2_s.home2.net');
    const step11 = requestAt(net, 'ps.home2.net', 'SUBSCRIBE');
    expect(uris(step11, 'route')).toEqual([
      'sip:ps.home2.net;lr',
      expect.stringMatching(/^sip:scscf2\.home2\.net;lr;tag=z9hG4bK[\w-]{11}$/),
    ]);
    expect(uris(step11, 'record-route')).toEqual([
      'sip:scscf2.home2.net;lr',
      'sip:scscf1.home1.net;lr',
      'sip:pcscf1.home1.net;lr',
    ]);
    expect(vias(step11).map(({ host }) => host)).toEqual([
      'scscf2.home2.net',
      'icscf2_s.home2.net',
      'scscf1.home1.net',
      'pcscf1.home1.net',
      PLACES.ue1,
    ]);
    expect(values(step11, 'max-forwards')).toEqual(['66']);
    expect(uris(step11, 'p-asserted-identity')).toEqual(['sip:user1_public1@home1.net']);

    const notified = await net.ps.send(notify(step11));
    expect(notified).toMatchObject({ status: 200 });
    const step21 = net.ue1.requests.find((it) => it.method === 'NOTIFY') as SipRequest;
    expect(uris(step21, 'p-asserted-identity')).toEqual([
      'sip:user2_public1@home2.net',
      'tel:+1-212-555-2222',
    ]);
    expect(uris(step21, 'p-called-party-id')).toEqual(['sip:user2_public1@home2.net']);
    expect(uris(step21, 'route')).toEqual([]);
    expect(uris(step21, 'record-route')).toEqual([]);
    expect(values(step21, 'max-forwards')).toEqual(['67']);
    expect(vias(step21).map(({ host }) => host)).toEqual([
      'pcscf1.home1.net',
      'scscf1.home1.net',
      'scscf2.home2.net',
      'ps.home2.net',
    ]);
    await net.close();
  });

  test('ts-24.141: orig in the Service-Route, two asserted identities, S-CSCF#2 not in the dialog', async () => {
    const net = await network('ts-24.141');
    const registered = await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    expect(
      typeof registered === 'string' ? [] : addresses(registered, 'service-route').map(({ text }) => text),
    ).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 200 });
    const sent = requestAt(net, 'ps.home2.net', 'SUBSCRIBE');
    expect(uris(sent, 'p-asserted-identity')).toEqual(['sip:user1_public1@home1.net', 'tel:+1-212-555-1111']);
    expect(uris(sent, 'record-route')).toEqual(['sip:scscf1.home1.net;lr', 'sip:pcscf1.home1.net;lr']);
    expect(uris(sent, 'route')[1]).toMatch(/^sip:z9hG4bK[\w-]{11}@scscf2\.home2\.net;lr$/);
    expect(await net.ps.send(notify(sent))).toMatchObject({ status: 200 });
    const notified = net.ue1.requests.find((it) => it.method === 'NOTIFY') as SipRequest;
    expect(uris(notified, 'p-asserted-identity')).toEqual(['sip:user2_public1@home2.net']);
    expect(uris(notified, 'p-called-party-id')).toEqual([]);
    await net.close();
  });

  test('the trace has steps 4, 7 and 10, each with its reason', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    await net.ue1.send(subscribe());
    const traced = (place: Place) => net.hosts.get(place)?.trace.decisions.map(({ text }) => text);
    expect(traced('scscf1.home1.net')).toContain(
      'no initial filter criterion of sip:user1_public1@home1.net matches SUBSCRIBE, presence: no AS',
    );
    expect(traced('icscf2.home2.net')).toContain(
      'the HSS has sip:user2_public1@home2.net at sip:scscf2.home2.net',
    );
    expect(traced('scscf2.home2.net')).toContain(
      'criterion with priority 0 matches: Method = SUBSCRIBE AND Event = presence -> ps.home2.net',
    );
    await net.close();
  });

  test('a PUBLISH of user2 reaches the presence server through its own network', async () => {
    const net = await network();
    await net.register(net.ue2, '2');
    const answer = await net.ue2.send(publish());
    expect(answer).toMatchObject({ status: 200 });
    expect(uris(requestAt(net, 'ps.home2.net', 'PUBLISH'), 'p-asserted-identity')).toEqual([
      'sip:user2_public1@home2.net',
    ]);
    await net.close();
  });

  test('an AS that sends the request on as a B2BUA: it goes on to the user, in a dialog of its own', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    net.ps.answer = (received) => {
      const onward = createRequest({
        ...received,
        headers: received.headers
          .filter(
            ({ key }) => key !== 'via' && key !== 'route' && key !== 'record-route' && key !== 'call-id',
          )
          .concat(header('Route', addresses(received, 'route')[1]?.text ?? ''), header('Call-ID', 'b2bua')),
      });
      net.ps.stack.send(onward, { onResponse: () => undefined, onFailure: () => undefined });
      return responseTo(received, 202, 'Accepted', { toTag: 'b' });
    };
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 202 });
    await net.clock.advance(1000);
    const [arrived] = net.ue2.requests;
    expect(arrived?.uri).toBe(`sip:${PLACES.ue2}`);
    expect(arrived && values(arrived, 'call-id')).toEqual(['b2bua']);
    expect(arrived && uris(arrived, 'p-called-party-id')).toEqual(['sip:user2_public1@home2.net']);
    await net.close();
  });

  test('an AS that is silent is passed by after its time (SESSION_CONTINUED)', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    net.ps.answer = () => undefined;
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 200 });
    expect(net.ue2.requests).toHaveLength(1);
    await net.close();
  });

  test('an unregistered UE, an unknown number, an unknown user', async () => {
    const net = await network();
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 403 });
    await net.register(net.ue1, '1');
    const to = (uri: string, callId: string) => {
      const it = subscribe();
      return {
        ...it,
        uri,
        headers: it.headers.map((h) => (h.key === 'call-id' ? header('Call-ID', callId) : h)),
      };
    };
    expect(await net.ue1.send(to('tel:+1-999', 'a'))).toMatchObject({ status: 404 });
    expect(await net.ue1.send(to('sip:nobody@home2.net', 'b'))).toMatchObject({ status: 404 });
    await net.close();
  });
});

function notify(received: SipRequest): SipRequest {
  return createRequest({
    method: 'NOTIFY',
    uri: parseUri(addresses(received, 'contact')[0]?.uriText ?? '') === undefined ? '' : `sip:${PLACES.ue1}`,
    headers: [
      header('Max-Forwards', '70'),
      header('P-Asserted-Identity', '<sip:user2_public1@home2.net>'),
      header('Privacy', 'none'),
      header(
        'Route',
        addresses(received, 'record-route')
          .map(({ text }) => text)
          .join(', '),
      ),
      header('From', '<tel:+1-212-555-2222>;tag=151170'),
      header('To', '<sip:user1_public1@home1.net>;tag=31415'),
      header('Call-ID', 'b89rjhnedlrfjflslj40a222'),
      header('CSeq', '42 NOTIFY'),
      header('Subscription-State', 'active;expires=7200'),
      header('Event', 'presence'),
      header('Contact', '<sip:ps.home2.net>'),
    ],
  });
}

function publish(): SipRequest {
  return createRequest({
    method: 'PUBLISH',
    uri: 'sip:user2_public1@home2.net',
    headers: [
      header('Max-Forwards', '70'),
      header('Route', '<sip:pcscf2.home2.net;lr>'),
      header('From', '<sip:user2_public1@home2.net>;tag=p'),
      header('To', '<sip:user2_public1@home2.net>'),
      header('Call-ID', 'publish'),
      header('CSeq', '1 PUBLISH'),
      header('Event', 'presence'),
      header('Expires', '3600'),
    ],
  });
}
