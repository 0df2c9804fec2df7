import type {
  Cx,
  InitialFilterCriteria,
  MultimediaAuth,
  MultimediaAuthAnswer,
  ServerAssignment,
  ServerAssignmentAnswer,
  ServicePointTrigger,
  UserProfile,
} from '@ims-sim/cx';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';
import { testHost, type TestHost } from '@ims-sim/host';
import {
  withoutTopValue,
  type Decision,
  type Header,
  type Profile,
  type Reply,
  type SipRequest,
} from '@ims-sim/sip';
import { incoming, requestIn, requestOf } from '@ims-sim/sip/test-kit';
import { tellHss } from '../src/tell-hss.js';
import {
  Challenges,
  decide,
  OriginalDialogs,
  Registrar,
  type SCscf,
  type SharedFilterCriteria,
} from '../src/index.js';

const NAMES = new Set(['scscf1.home1.net']);

/** A request out of `messages/`, with some of its text replaced. */
export function request(
  file: string,
  ...changes: readonly (readonly [from: string, to: string])[]
): SipRequest {
  return requestIn(new URL(`../../test/messages/${file}.sip`, import.meta.url), changes);
}

export function method(name: string): ServicePointTrigger {
  return { kind: 'method', method: name, negated: false, groups: [0] };
}

/** A criterion for `SUBSCRIBE` and `Event: presence`, unless said otherwise. */
export function criterion(
  priority: number,
  server: string,
  options: Partial<InitialFilterCriteria> = {},
): InitialFilterCriteria {
  return {
    priority,
    triggerPoint: {
      cnf: true,
      servicePointTriggers: [
        method('SUBSCRIBE'),
        { kind: 'sip-header', header: 'Event', content: '^presence$', negated: false, groups: [1] },
      ],
    },
    applicationServer: { serverName: `sip:${server}`, defaultHandling: 'session-continued' },
    ...options,
  };
}

export function profileOf(...initialFilterCriteria: InitialFilterCriteria[]): UserProfile {
  return {
    privateIdentity: 'user1_private@home1.net',
    serviceProfiles: [
      {
        publicIdentities: [
          { identity: 'sip:user1_public1@home1.net', barred: false },
          { identity: 'sip:user1_barred@home1.net', barred: true },
          { identity: 'tel:+1-212-555-1111', barred: false },
        ],
        initialFilterCriteria,
      },
    ],
  };
}

export interface Lab {
  readonly host: TestHost;
  readonly scscf: SCscf;
  /** What the HSS was asked. */
  readonly asked: ServerAssignment[];
  /** What it answers next, before it gives the profile again. */
  readonly answers: ServerAssignmentAnswer[];
  /** The vectors that it was asked for, and what it answers; without an answer it knows no such user. */
  readonly vectorsAsked: MultimediaAuth[];
  readonly vectors: MultimediaAuthAnswer[];
  /** Shared filter criteria that a profile named and nobody has. */
  readonly unknownCriteria: number[];
  ask(message: SipRequest): Promise<Decision>;
  /** What is decided at once, without another turn. */
  askAtOnce(message: SipRequest): Decision;
  register(...changes: readonly [string, string][]): Promise<Reply>;
}

export interface LabOptions {
  readonly profile?: Profile;
  readonly user?: UserProfile;
  readonly dns?: Readonly<Record<string, DnsAnswer<unknown>>>;
  readonly scscf?: Partial<SCscf>;
  readonly shared?: SharedFilterCriteria;
}

export function lab({
  profile = 'tr-24.841',
  user = profileOf(),
  dns = ZONES,
  scscf: changes = {},
  shared,
}: LabOptions = {}): Lab {
  const host = testHost({ name: 'scscf1.home1.net' });
  const asked: ServerAssignment[] = [];
  const answers: ServerAssignmentAnswer[] = [];
  const vectorsAsked: MultimediaAuth[] = [];
  const vectors: MultimediaAuthAnswer[] = [];
  const cx: Pick<Cx, 'serverAssignment' | 'multimediaAuth'> = {
    multimediaAuth: async (question) => {
      vectorsAsked.push(question);
      return vectors.shift() ?? { kind: 'unknown-user' };
    },
    serverAssignment: async (question) => {
      asked.push(question);
      return answers.shift() ?? { kind: 'assigned', profile: user };
    },
  };
  const unknownCriteria: number[] = [];
  const registrar = new Registrar(
    host.clock,
    { maxContacts: 3 },
    ({ identity }, privateIdentity) => {
      void cx.serverAssignment({
        privateIdentity,
        publicIdentities: [identity],
        serverName: 'sip:scscf1.home1.net',
        type: 'timeout-deregistration',
        userDataAlreadyAvailable: true,
      });
    },
    { sharedFilterCriteria: shared, onUnknownCriteria: (set) => unknownCriteria.push(set) },
  );
  const scscf: SCscf = {
    auth: 'none',
    cx: cx as Cx,
    profile,
    registrar,
    challenges: new Challenges(host.clock, (unanswered) =>
      tellHss('authentication-timeout', unanswered, scscf),
    ),
    unrestorable: new Map(),
    assigning: new Set(),
    originalDialogs: new OriginalDialogs(host.clock, host.random),
    resolver: resolver(dns),
    name: 'scscf1.home1.net',
    serverName: 'sip:scscf1.home1.net',
    ownUri: 'sip:scscf1.home1.net;lr',
    names: NAMES,
    domain: 'home1.net',
    domains: new Set(['home1.net']),
    enumSuffix: 'e164.arpa',
    asTimeoutMs: 4000,
    fixesTargets: true,
    trusted: () => true,
    clock: host.clock,
    random: host.random,
    trace: host.trace,
    log: host.log,
    ...changes,
  };
  const ask = async (message: SipRequest): Promise<Decision> => decide(incoming(message, NAMES), scscf);
  return {
    host,
    scscf,
    asked,
    answers,
    vectorsAsked,
    vectors,
    unknownCriteria,
    ask,
    askAtOnce(message) {
      const decision = decide(incoming(message, NAMES), scscf);
      if (decision instanceof Promise) throw new Error('not decided at once');
      return decision;
    },
    async register(...of) {
      const decision = await ask(request('register', ...of));
      if (decision.kind !== 'reply') throw new Error('a REGISTER is answered');
      return decision;
    },
  };
}

/** home2.net, its ENUM and its I-CSCF on a port of its own. */
export const ZONES: Readonly<Record<string, DnsAnswer<unknown>>> = {
  'NAPTR 2.2.2.2.5.5.5.2.1.2.1.e164.arpa': records({
    order: 100,
    preference: 10,
    flags: 'u',
    services: 'E2U+sip',
    regexp: '!^.*$!sip:user2_public1@home2.net!',
    replacement: '',
  }),
  'SRV _sip._udp.home2.net': records({ priority: 0, weight: 0, port: 5071, target: 'icscf2.home2.net' }),
  'A icscf2.home2.net': records({ address: '127.0.0.22' }),
  'SRV _sip._udp.home1.net': records({ priority: 0, weight: 0, port: 5072, target: 'icscf1.home1.net' }),
  'A icscf1.home1.net': records({ address: '127.0.0.12' }),
};

export function records(...all: object[]): DnsAnswer<unknown> {
  return { kind: 'records', records: all };
}

function resolver(zones: Readonly<Record<string, DnsAnswer<unknown>>>): Resolver {
  return {
    resolve: <T extends keyof RecordTypes>(name: string, type: T) =>
      (zones[`${type} ${name}`] ?? { kind: 'empty' }) as DnsAnswer<RecordTypes[T]>,
  };
}

/** The request as an AS that is a proxy, or a B2BUA, sends it back along its Route. */
export function backFromAs(sent: SipRequest, ...changes: readonly [string, string][]): SipRequest {
  let headers = withoutTopValue(sent.headers, 'route');
  let uri = sent.uri;
  for (const [from, replacement] of changes) {
    if (from === 'uri') uri = replacement;
    else headers = headers.map((h) => (h.line.startsWith(from) ? parsedHeader(replacement) : h));
  }
  return { ...sent, uri, headers };
}

function parsedHeader(line: string): Header {
  return requestOf(`OPTIONS sip:x SIP/2.0\n${line}\n\n`).headers[0] as Header;
}

export { forwarded, lines, texts, valuesOf } from '@ims-sim/sip/test-kit';
