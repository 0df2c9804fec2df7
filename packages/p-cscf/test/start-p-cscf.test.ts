import { describe, expect, test } from '@jest/globals';
import { testHost } from '@ims-sim/host';
import {
  addresses,
  callId,
  createRequest,
  event,
  expires,
  from,
  header,
  responseTo,
  startSipStack,
  tagOf,
  to,
  topVia,
  withBody,
  type Header,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
  type StackOptions,
  type Target,
} from '@ims-sim/sip';
import { writeRegInfo, type RegInfo } from '@ims-sim/reginfo';
import { startPCscf, type PCscfOptions, type RunningPCscf } from '../src/index.js';
import { valuesOf } from './harness.js';

const PCSCF = '10.0.0.1';
const UE = '10.0.0.2';
const HOME = '10.0.0.3';
const USER = 'sip:user1_public1@home1.net';
const OFFER = 'ipsec-3gpp; alg=hmac-sha-1-96; spi-c=1000; spi-s=1001; port-c=2468; port-s=1357';

/** What is there in the lab's DNS: names without a port at 5060, each at its own address. */
const resolver: StackOptions['resolver'] = {
  resolve: (name, type) => {
    const addressOf: Record<string, string> = {
      'home1.net': HOME,
      'scscf1.home1.net': HOME,
      'pcscf1.visited1.net': PCSCF,
    };
    const address = addressOf[name];
    return type === 'A' && address !== undefined
      ? { kind: 'records', records: [{ address }] as never }
      : { kind: 'empty' };
  },
};

interface Network {
  readonly pcscf: RunningPCscf;
  readonly advance: (ms: number) => Promise<void>;
  /** What the home network got, in order; it answers nothing by itself but REGISTER and SUBSCRIBE. */
  readonly atHome: ServerTransaction[];
  readonly atUe: ServerTransaction[];
  readonly traced: () => string;
  /** The final response, or the failure. */
  ask(stack: SipStack, request: SipRequest, target?: Target): Promise<SipResponse | string>;
  readonly ue: SipStack;
  readonly home: SipStack;
  register(expiresS?: number): Promise<{ given: string; response: SipResponse }>;
}

async function network(options: Partial<PCscfOptions> = {}): Promise<Network> {
  const host = testHost({ name: 'pcscf1.visited1.net', addresses: [PCSCF] });
  const at = (address: string) => testHost({ addresses: [address], beside: host });
  const advance = (ms: number) => host.clock.advance(ms);
  const pcscf = await startPCscf({
    host,
    listen: { address: PCSCF, port: 5060 },
    resolver,
    names: ['pcscf1.visited1.net'],
    profile: 'ts-24.141',
    visitedNetwork: 'visited1.net',
    auth: 'required',
    protectedPorts: { client: 8642, server: 7531 },
    ...options,
  });
  const atHome: ServerTransaction[] = [];
  const atUe: ServerTransaction[] = [];
  const home = await startSipStack({
    host: at(HOME),
    listen: { address: HOME, port: 5060 },
    resolver,
    trying: 'never',
    onRequest: (transaction) => {
      atHome.push(transaction);
      answerAtHome(transaction);
    },
  });
  const ue = await startSipStack({
    host: at(UE),
    listen: { address: UE, port: 5060 },
    further: [
      { address: UE, port: 2468 },
      { address: UE, port: 1357 },
    ],
    resolver,
    trying: 'never',
    onRequest: (transaction) => {
      atUe.push(transaction);
      transaction.respond(responseTo(transaction.request, 200, 'OK', { toTag: 'ue', recordRoute: true }));
    },
  });
  const ask: Network['ask'] = async (stack, request, target) => {
    const answered = new Promise<SipResponse | string>((resolve) => {
      stack.send(
        request,
        {
          onResponse: (response) => {
            if (response.status >= 200) resolve(response);
          },
          onFailure: resolve,
        },
        target === undefined ? {} : { targets: [target] },
      );
    });
    await advance(1000);
    return answered;
  };
  const result: Network = {
    pcscf,
    advance,
    atHome,
    atUe,
    traced: () =>
      host.trace.decisions
        .map(({ clause, text }: { clause: string; text: string }) => `${clause}: ${text}`)
        .join('\n'),
    ask,
    ue,
    home,
    async register(expiresS = 600) {
      const challenged = await ask(ue, registering(expiresS, []), OPEN);
      const given = valuesOf(responseOf(challenged), 'security-server')[0] ?? '';
      const response = await ask(
        ue,
        registering(expiresS, [header('Security-Verify', given)], true),
        SECURED,
      );
      return { given, response: responseOf(response) };
    },
  };
  return result;
}

const OPEN: Target = { transport: 'UDP', address: PCSCF, port: 5060 };
const SECURED: Target = { transport: 'UDP', address: PCSCF, port: 7531, from: { address: UE, port: 2468 } };

function responseOf(answer: SipResponse | string): SipResponse {
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

let cseq = 0;

function registering(expiresS: number, more: readonly Header[], responds = false): SipRequest {
  const proof = responds ? 'nonce="abc", algorithm=AKAv1-MD5, response="6629"' : 'nonce="", response=""';
  return createRequest({
    method: 'REGISTER',
    uri: 'sip:home1.net',
    headers: [
      header('From', `<${USER}>;tag=4fa3`),
      header('To', `<${USER}>`),
      header('Call-ID', 'reg1'),
      header('CSeq', `${++cseq} REGISTER`),
      header('Contact', `<sip:${UE}:1357>;expires=${expiresS}`),
      header(
        'Authorization',
        `Digest username="user1_private@home1.net", realm="home1.net", uri="sip:home1.net", ${proof}`,
      ),
      header('Security-Client', OFFER),
      header('Require', 'sec-agree'),
      header('Proxy-Require', 'sec-agree'),
      ...more,
    ],
  });
}

function answerAtHome(transaction: ServerTransaction): void {
  const { request } = transaction;
  const respond = (status: number, headers: readonly Header[]) =>
    transaction.respond(
      responseTo(request, status, undefined, { toTag: 'home', headers, recordRoute: true }),
    );
  if (request.method === 'SUBSCRIBE' && event(request)?.package === 'reg') {
    respond(200, [header('Expires', String(expires(request))), header('Contact', '<sip:scscf1.home1.net>')]);
  } else if (request.method !== 'REGISTER') {
    respond(200, [header('Contact', '<sip:user2@home1.net>')]);
  } else if (valuesOf(request, 'authorization').join().includes('integrity-protected="yes"')) {
    respond(200, [
      header('Service-Route', '<sip:orig@scscf1.home1.net;lr>'),
      header('P-Associated-URI', `<${USER}>, <tel:+1-212-555-1111>`),
      header('Contact', valuesOf(request, 'contact')[0] ?? ''),
      header('P-Charging-Function-Addresses', 'ccf=192.0.2.1'),
    ]);
  } else {
    respond(401, [
      header(
        'WWW-Authenticate',
        'Digest realm="home1.net", nonce="abc", algorithm=AKAv1-MD5, ik="0011", ck="2233"',
      ),
    ]);
  }
}

function notify(
  subscribe: SipRequest,
  info: RegInfo | undefined,
  number: number,
  state = 'active',
): SipRequest {
  const request = createRequest({
    method: 'NOTIFY',
    uri: addresses(subscribe, 'contact')[0]?.uriText ?? '',
    headers: [
      header('Max-Forwards', '70'),
      header('From', `<${USER}>;tag=home`),
      header('To', valuesOf(subscribe, 'from')[0] ?? ''),
      header('Call-ID', callId(subscribe) ?? ''),
      header('CSeq', `${number} NOTIFY`),
      header('Event', 'reg'),
      header('Subscription-State', state),
      header('Contact', '<sip:scscf1.home1.net>'),
    ],
  });
  return info === undefined ? request : withBody(request, 'application/reginfo+xml', writeRegInfo(info));
}

function info(version: number, state: 'active' | 'terminated', contactState = state): RegInfo {
  return {
    version,
    state: version === 0 ? 'full' : 'partial',
    registrations: [
      {
        aor: USER,
        id: 'a1',
        state,
        contacts: [
          {
            id: 'c1',
            state: contactState,
            event: contactState === 'active' ? 'created' : 'deactivated',
            uri: `sip:${UE}:1357`,
          },
        ],
      },
    ],
  };
}

const subscribes = ({ atHome }: Network) =>
  atHome.map(({ request }) => request).filter(({ method }) => method === 'SUBSCRIBE');

function message(headers: readonly Header[] = []): SipRequest {
  return createRequest({
    method: 'MESSAGE',
    uri: `sip:${UE}:1357`,
    headers: [
      header('Max-Forwards', '70'),
      header('Route', '<sip:pcscf1.visited1.net;lr>'),
      header('From', '<sip:user2@home1.net>;tag=1'),
      header('To', `<${USER}>`),
      header('Call-ID', `m${++cseq}`),
      header('CSeq', '1 MESSAGE'),
      ...headers,
    ],
  });
}

describe('TS 24.229 5.2.2.2 on the wire: a UE registers over a security association', () => {
  test('the network hears how, and from which network; the UE gets no keys; requests leave from and come to the protected ports', async () => {
    const net = await network();
    const { given, response } = await net.register();
    expect(response.status).toBe(200);
    expect(given).toMatch(/alg=hmac-sha-1-96; spi-c=\d+; spi-s=\d+; port-c=8642; port-s=7531$/);
    expect(valuesOf(response, 'p-charging-function-addresses')).toEqual([]);
    const registers = net.atHome.filter(({ request: { method } }) => method === 'REGISTER');
    expect(
      registers.map(
        ({ request }) => /integrity-protected="(\w+)"/.exec(valuesOf(request, 'authorization')[0] ?? '')?.[1],
      ),
    ).toEqual(['no', 'yes']);
    for (const { request } of registers) {
      expect(valuesOf(request, 'p-visited-network-id')).toEqual(['visited1.net']);
      expect(valuesOf(request, 'path')).toEqual(['<sip:pcscf1.visited1.net;lr>']);
      expect(valuesOf(request, 'p-charging-vector')[0]).toMatch(
        /^icid-value=.*orig-ioi="Type 1visited1.net"$/,
      );
      expect(valuesOf(request, 'security-client')).toEqual([]);
      expect(topVia(request)).toMatchObject({ host: 'pcscf1.visited1.net', port: undefined });
    }

    const charged = message([header('P-Charging-Vector', 'icid-value=1;orig-ioi=home1.net')]);
    const answer = responseOf(await net.ask(net.home, charged));
    const [delivered] = net.atUe;
    expect(delivered?.source).toMatchObject({ remote: { port: 8642 }, local: { port: 1357 } });
    const atUe = delivered?.request;
    expect(atUe && topVia(atUe)).toMatchObject({ host: 'pcscf1.visited1.net', port: 8642 });
    expect(atUe && valuesOf(atUe, 'record-route')).toEqual(['<sip:pcscf1.visited1.net:7531;lr>']);
    expect(atUe && valuesOf(atUe, 'p-charging-vector')).toEqual([]);
    expect(valuesOf(answer, 'record-route')).toEqual(['<sip:pcscf1.visited1.net;lr>']);
    expect(valuesOf(answer, 'p-charging-vector')).toEqual([
      'icid-value=1;orig-ioi=home1.net;term-ioi="Type 1visited1.net"',
    ]);

    // Within the dialog the UE comes by the protected port that was recorded.
    const asking = createRequest({
      method: 'SUBSCRIBE',
      uri: 'sip:user2@home1.net',
      headers: [
        header('Route', '<sip:pcscf1.visited1.net:7531;lr>, <sip:orig@scscf1.home1.net;lr>'),
        header('From', `<${USER}>;tag=1`),
        header('To', '<sip:user2@home1.net>'),
        header('Call-ID', 's1'),
        header('CSeq', '1 SUBSCRIBE'),
        header('Event', 'presence'),
        header('P-Access-Network-Info', '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11'),
        header('Security-Verify', given),
      ],
    });
    const subscribed = responseOf(await net.ask(net.ue, asking, SECURED));
    expect(subscribed.status).toBe(200);
    const atHome = net.atHome.at(-1)?.request;
    expect(atHome && valuesOf(atHome, 'route')).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
    expect(atHome && valuesOf(atHome, 'p-access-network-info')).toHaveLength(1);
    expect(valuesOf(subscribed, 'record-route')).toEqual(['<sip:pcscf1.visited1.net:7531;lr>']);
    await net.pcscf.close();
  });

  test('without auth there are no further sockets, no agreement, and no subscription', async () => {
    const net = await network({ auth: 'none' });
    expect(net.pcscf.protectedListening).toBeUndefined();
    const answer = responseOf(await net.ask(net.ue, registering(600, []), OPEN));
    expect(valuesOf(answer, 'security-server')).toEqual([]);
    expect(valuesOf(answer, 'www-authenticate').join()).not.toMatch(/[ci]k=/);
    expect(valuesOf(net.atHome[0]?.request ?? {}, 'authorization').join()).not.toContain('integrity');
    const inVain = net.ask(net.ue, registering(600, []), { ...OPEN, port: 7531 });
    await net.advance(32_000);
    expect(await inVain).toMatch(/transport|timeout/);
    expect(subscribes(net)).toEqual([]);
    await net.pcscf.close();
  });

  test('5.2.2.1: a home network that cannot be found: 504, and the trace says why', async () => {
    const net = await network();
    const register = { ...registering(600, []), uri: 'sip:nowhere.net' };
    expect(await net.ask(net.ue, register, OPEN)).toMatchObject({ status: 504 });
    expect(net.traced()).toContain('no entry point of nowhere.net can be found and reached: 504');
    await net.pcscf.close();
  });
});

describe('TS 24.229 5.2.3: the registration event package', () => {
  test('one SUBSCRIBE a user, by its default identity, longer than the registration', async () => {
    const net = await network();
    await net.register(600);
    await net.register(600);
    const [subscribe, ...others] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    expect(others).toEqual([]);
    expect(subscribe.uri).toBe(USER);
    expect(to(subscribe)?.uriText).toBe(USER);
    expect(valuesOf(subscribe, 'p-asserted-identity')).toEqual(['<sip:pcscf1.visited1.net>']);
    expect(valuesOf(subscribe, 'accept')).toEqual(['application/reginfo+xml']);
    expect(expires(subscribe)).toBeGreaterThan(600);
    expect(tagOf(from(subscribe))).toBeDefined();
    await net.pcscf.close();
  });

  test('5.2.5.2: what the network ended can send nothing, still hears of it, and is forgotten', async () => {
    const net = await network();
    const { given } = await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    expect(await net.ask(net.home, notify(subscribe, info(0, 'active'), 1))).toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(1);
    const verify = header('Security-Verify', given);
    expect(await net.ask(net.ue, message([verify]), SECURED)).toMatchObject({ status: 200 });
    expect(await net.ask(net.home, notify(subscribe, info(1, 'terminated'), 2))).toMatchObject({
      status: 200,
    });
    expect(await net.ask(net.ue, message([verify]), SECURED)).toMatchObject({ status: 403 });
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(net.traced()).toContain('5.2.5.2: the network has ended the registration');
    await net.advance(32_000);
    expect(await net.ask(net.home, message())).not.toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(0);
    expect(
      await net.ask(net.home, notify(subscribe, undefined, 3, 'terminated;reason=deactivated')),
    ).toMatchObject({ status: 200 });
    expect(await net.ask(net.home, notify(subscribe, undefined, 4, 'terminated'))).toMatchObject({
      status: 481,
    });
    await net.pcscf.close();
  });

  test('another contact that ends is not this one, and an overtaken document ends nothing', async () => {
    const net = await network();
    await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    const other = info(5, 'active', 'terminated');
    const elsewhere = {
      ...other,
      state: 'full' as const,
      registrations: other.registrations.map((one) => ({
        ...one,
        contacts: one.contacts.map((contact) => ({ ...contact, uri: 'sip:10.0.0.77:1357' })),
      })),
    };
    await net.ask(net.home, notify(subscribe, elsewhere, 1));
    await net.ask(net.home, notify(subscribe, info(4, 'terminated'), 2));
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(subscribes(net)).toHaveLength(1);
    // One that is missing is asked for.
    await net.ask(net.home, notify(subscribe, info(7, 'active'), 3));
    expect(subscribes(net)).toHaveLength(2);
    await net.pcscf.close();
  });

  test('a stranger’s NOTIFY, one of another event, and one that is no XML change nothing', async () => {
    const net = await network();
    await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    const right = notify(subscribe, info(0, 'terminated'), 1);
    const swap = (key: string, value: Header) => ({
      ...right,
      headers: right.headers.map((h) => (h.key === key ? value : h)),
    });
    expect(await net.ask(net.home, swap('call-id', header('Call-ID', 'x')))).toMatchObject({ status: 481 });
    expect(
      await net.ask(net.home, swap('to', header('To', '<sip:pcscf1.visited1.net>;tag=x'))),
    ).toMatchObject({ status: 481 });
    expect(await net.ask(net.home, swap('event', header('Event', 'presence')))).toMatchObject({
      status: 489,
    });
    expect(await net.ask(net.home, withBody(right, 'application/reginfo+xml', '<reginfo'))).toMatchObject({
      status: 200,
    });
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(1);
    await net.pcscf.close();
  });

  test('refreshed while the user is registered, and given up afterwards', async () => {
    const net = await network();
    await net.register(3600);
    expect(subscribes(net)).toHaveLength(1);
    await net.advance(3070_000);
    const [first, second] = subscribes(net);
    expect(second && callId(second)).toBe(first && callId(first));
    expect(second && tagOf(to(second))).toBe('home');
    await net.advance(4000_000);
    const count = subscribes(net).length;
    await net.advance(40_000_000);
    expect(subscribes(net)).toHaveLength(count);
    expect(net.traced()).toContain('the user is registered no more');
    await net.register(600);
    expect(subscribes(net)).toHaveLength(count + 1);
    await net.pcscf.close();
  });

  test('no more users are subscribed to than may be, and none where it is switched off', async () => {
    for (const options of [{ limits: { registrations: 0 } }, { regEvent: false }]) {
      const net = await network(options);
      await net.register();
      expect(subscribes(net)).toEqual([]);
      await net.pcscf.close();
    }
  });
});
