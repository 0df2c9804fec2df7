import type { Cx, UserProfile } from '@ims-sim/cx';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';
import { testHost, type TestHost } from '@ims-sim/host';
import { startICscf } from '@ims-sim/i-cscf';
import { startPCscf } from '@ims-sim/p-cscf';
import { startSCscf } from '@ims-sim/s-cscf';
import {
  addresses,
  createRequest,
  header,
  parseMessage,
  responseTo,
  startSipStack,
  type Profile,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '@ims-sim/sip';

/**
 * Two networks in memory, P-I-S each, with a scripted AS and scripted UEs: TR 24.841 6.1.1 as far as the CSCFs go. An element's own tests
 * are in its own package; here it is about what they are together.
 */
export const PLACES = {
  'pcscf1.home1.net': '127.0.1.1',
  'icscf1.home1.net': '127.0.1.2',
  'scscf1.home1.net': '127.0.1.3',
  'pcscf2.home2.net': '127.0.2.1',
  'icscf2.home2.net': '127.0.2.2',
  'scscf2.home2.net': '127.0.2.3',
  'ps.home2.net': '127.0.2.4',
  'as.home2.net': '127.0.2.5',
  ue1: '127.0.3.1',
  ue2: '127.0.3.2',
  ue3: '127.0.3.3',
} as const;

export type Place = keyof typeof PLACES;

const LIMITS = { minExpiresS: 60, maxExpiresS: 7200, defaultExpiresS: 3600 };

export function resolver(): Resolver {
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
    multimediaAuth: () => Promise.reject(new Error('nobody is authenticated in this chain')),
  };
}

type Criterion = UserProfile['serviceProfiles'][number]['initialFilterCriteria'][number];

/** Whoever calls user 2 reaches this AS first. */
const TO_CALL_AS: Criterion = {
  priority: 7,
  triggerPoint: {
    cnf: true,
    servicePointTriggers: [{ kind: 'method', method: 'INVITE', negated: false, groups: [0] }],
  },
  applicationServer: { serverName: 'sip:as.home2.net', defaultHandling: 'session-continued' },
};

function presenceCriterion(method: string, priority: number): Criterion {
  return {
    priority,
    triggerPoint: {
      cnf: true,
      servicePointTriggers: [
        { kind: 'method', method, negated: false, groups: [0] },
        { kind: 'sip-header', header: 'Event', content: '^presence$', negated: false, groups: [1] },
      ],
    },
    applicationServer: { serverName: 'sip:ps.home2.net', defaultHandling: 'session-continued' },
  };
}

function profileOf(user: '1' | '2', callAs: boolean): UserProfile {
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
            : [...['SUBSCRIBE', 'PUBLISH'].map(presenceCriterion), ...(callAs ? [TO_CALL_AS] : [])],
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

export interface Network {
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

/** `callAs`: calls to user 2 go to the AS `as.home2.net` first. `tcpAboveBytes` as in `StackOptions`, of the CSCFs. */
export async function network(
  profile: Profile = 'tr-24.841',
  { callAs = false, tcpAboveBytes }: { readonly callAs?: boolean; readonly tcpAboveBytes?: number } = {},
): Promise<Network> {
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
    tcpAboveBytes,
  });
  const running = await Promise.all(
    (['1', '2'] as const).flatMap((n) => {
      const domain = `home${n}.net` as const;
      const cx = hss(n, profileOf(n, callAs));
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

export function requestAt(net: Network, place: Place, name: string): SipRequest {
  const found = net
    .received(place)
    .find((it): it is SipRequest => it.kind === 'request' && it.method === name);
  if (found === undefined) throw new Error(`no ${name} came to ${place}`);
  return found;
}

export function uris(request: SipRequest, key: string): string[] {
  return addresses(request, key).map(({ uriText }) => uriText);
}
