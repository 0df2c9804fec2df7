import type { Cx, InitialFilterCriteria, RestorationInfo, ServerAssignment, UserProfile } from '@ims-sim/cx';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';
import { silentLog, testHost, type TestHost } from '@ims-sim/host';
import {
  createRequest,
  header,
  responseTo,
  startSipStack,
  type Profile,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '@ims-sim/sip';
import { startSCscf, type RunningSCscf, type SCscfOptions } from '../src/index.js';
import { profileOf } from './harness.js';

const ADDRESSES: Readonly<Record<string, string>> = {
  'scscf1.home1.net': '10.0.0.1',
  'pcscf1.home1.net': '10.0.0.2',
  'as1.home1.net': '10.0.0.3',
  'as2.home1.net': '10.0.0.4',
  'pcscf2.home1.net': '10.0.0.5',
};

/** A running S-CSCF in memory, and around it agents that write down what they get. */
export interface Network {
  readonly host: TestHost;
  readonly scscf: RunningSCscf;
  readonly asked: ServerAssignment[];
  /** Warnings and errors of the S-CSCF. */
  readonly logged: string[];
  agent(name: string, serve?: (transaction: ServerTransaction) => void): Promise<Agent>;
}

export interface Agent {
  readonly stack: SipStack;
  /** Requests that came, in their order. */
  readonly requests: SipRequest[];
  readonly transactions: ServerTransaction[];
  /** Sends to the S-CSCF and gives the final response. */
  ask(request: SipRequest): Promise<SipResponse>;
}

export interface NetworkOptions {
  readonly profile?: Profile;
  readonly user?: UserProfile;
  readonly criteria?: readonly InitialFilterCriteria[];
  readonly scscf?: Partial<SCscfOptions>;
  /** What the HSS has in store of a registration. */
  readonly restoration?: readonly RestorationInfo[];
}

export async function network(options: NetworkOptions = {}): Promise<Network> {
  const host = testHost({ addresses: ['10.255.0.1'] });
  const asked: ServerAssignment[] = [];
  const logged: string[] = [];
  const user = options.user ?? profileOf(...(options.criteria ?? []));
  const cx: Pick<Cx, 'serverAssignment'> = {
    serverAssignment: async (question) => {
      asked.push(question);
      return {
        kind: 'assigned',
        profile: user,
        ...(question.type === 'no-assignment' &&
          options.restoration !== undefined && { restoration: options.restoration }),
        charging: { primaryCcf: 'aaa://ccf1.home1.net', primaryEcf: 'aaa://ecf1.home1.net' },
      };
    },
  };
  const log = {
    ...silentLog,
    warn: (text: string) => void logged.push(text),
    error: (text: string) => void logged.push(text),
  };
  const hostOf = (name: string) =>
    testHost({ beside: host, name, addresses: [addressOf(name)], trace: host.trace, log });
  const scscf = await startSCscf({
    host: hostOf('scscf1.home1.net'),
    listen: { address: addressOf('scscf1.home1.net'), port: 5060 },
    resolver,
    names: ['scscf1.home1.net'],
    cx: cx as Cx,
    profile: options.profile ?? 'ts-24.141',
    domain: 'home1.net',
    ...options.scscf,
  });
  const agent = async (name: string, serve: (transaction: ServerTransaction) => void = accept) => {
    const requests: SipRequest[] = [];
    const transactions: ServerTransaction[] = [];
    const stack = await startSipStack({
      host: hostOf(name),
      listen: { address: addressOf(name), port: 5060 },
      sentBy: name,
      resolver,
      trying: 'never',
      onRequest: (transaction) => {
        requests.push(transaction.request);
        transactions.push(transaction);
        serve(transaction);
      },
    });
    const ask = async (request: SipRequest) => {
      let final: SipResponse | undefined;
      stack.send(
        request,
        {
          onResponse: (response) => {
            if (response.status >= 200) final ??= response;
          },
          onFailure: () => undefined,
        },
        { targets: [{ transport: 'UDP', address: addressOf('scscf1.home1.net'), port: 5060 }] },
      );
      for (let i = 0; i < 100 && final === undefined; i++) await host.clock.advance(10);
      await host.clock.advance(10);
      if (final === undefined) throw new Error(`no answer to ${request.method}`);
      return final;
    };
    return { stack, requests, transactions, ask };
  };
  return { host, scscf, asked, logged, agent };
}

export function accept(transaction: ServerTransaction): void {
  transaction.respond(responseTo(transaction.request, 200));
}

let cseq = 0;

/** A REGISTER by way of pcscf1. */
export function register(...headers: [string, string][]): SipRequest {
  const given = new Set(headers.map(([name]) => name));
  const all: [string, string][] = [
    ['Max-Forwards', '68'],
    ['Path', '<sip:pcscf1.home1.net;lr>'],
    ['Require', 'path'],
    ['P-Visited-Network-ID', '"Visited Network Number 1"'],
    ['P-Charging-Vector', 'icid-value=icid1'],
    ['P-Access-Network-Info', '3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11'],
    ['From', '<sip:user1_public1@home1.net>;tag=ue'],
    ['To', '<sip:user1_public1@home1.net>'],
    ['Call-ID', 'registration'],
    ['CSeq', `${++cseq} REGISTER`],
    ['Contact', '<sip:[5555::aaa]>;expires=3600'],
    [
      'Authorization',
      'Digest username="user1_private@home1.net", realm="home1.net", nonce="", uri="sip:home1.net", response=""',
    ],
  ];
  return createRequest({
    method: 'REGISTER',
    uri: 'sip:scscf1.home1.net',
    headers: [...all.filter(([name]) => !given.has(name)), ...headers].map(([name, value]) =>
      header(name, value),
    ),
  });
}

function addressOf(name: string): string {
  const address = ADDRESSES[name];
  if (address === undefined) throw new Error(`No host ${name}`);
  return address;
}

const resolver: Resolver = {
  resolve: <T extends keyof RecordTypes>(name: string, type: T) => {
    const address = ADDRESSES[name];
    const answer =
      type === 'A' && address !== undefined ? { kind: 'records', records: [{ address }] } : { kind: 'empty' };
    return answer as DnsAnswer<RecordTypes[T]>;
  },
};
