import { testHost, type Endpoint, type TestHost } from '@ims-sim/host';
import {
  createRequest,
  header,
  responseTo,
  startSipStack,
  type Header,
  type Profile,
  type ServerTransaction,
  type SipRequest,
  type SipStack,
  type Source,
} from '@ims-sim/sip';
import { startUe, type Ue, type UeOptions } from '../src/index.js';

/** A UE and, in the place of the whole network behind it, one stack that a test answers by. */
export interface Network {
  readonly ue: Ue;
  readonly pcscf: SipStack;
  readonly clock: TestHost['clock'];
  readonly host: TestHost;
  /** What the UE has sent, in order. */
  readonly requests: SipRequest[];
  /** Where each of them came from and to. */
  readonly sources: Source[];
  /** Sends a request to the UE; gives what came back, as text. */
  notify(request: SipRequest, port?: number): Promise<string>;
}

export const UE_ADDRESS = '5555::a:b:c:d';
export const PCSCF_ADDRESS = '5555::1';

export async function network(
  serve: (transaction: ServerTransaction) => void,
  profile: Profile = 'tr-24.841',
  options: Partial<UeOptions> = {},
  further: readonly Endpoint[] = [],
): Promise<Network> {
  const host = testHost({ name: 'pcscf1.home1.net', addresses: [PCSCF_ADDRESS] });
  const requests: SipRequest[] = [];
  const sources: Source[] = [];
  const pcscf = await startSipStack({
    host,
    listen: { address: PCSCF_ADDRESS, port: 5060 },
    further,
    sentBy: 'pcscf1.home1.net',
    resolver: nothing,
    trying: 'never',
    onRequest: (transaction) => {
      requests.push(transaction.request);
      sources.push(transaction.source);
      serve(transaction);
    },
  });
  const ue = await startUe({
    host: testHost({ beside: host, name: 'ue1', addresses: [UE_ADDRESS] }),
    listen: { address: UE_ADDRESS, port: 5060 },
    resolver: pcscfOnly,
    identity: {
      impu: 'sip:user1_public1@home1.net',
      impi: 'user1_private@home1.net',
      homeDomain: 'home1.net',
    },
    proxy: 'pcscf1.home1.net',
    profile,
    ...options,
  });
  const notify = (request: SipRequest, port = 5060) =>
    new Promise<string>((resolve) => {
      pcscf.send(
        request,
        {
          onResponse: (response) => {
            const lines = response.headers.map(({ line }) => line);
            resolve([`${response.status} ${response.reason}`, ...lines].join('\n'));
          },
          onFailure: resolve,
        },
        { targets: [{ transport: 'UDP', address: UE_ADDRESS, port }] },
      );
    });
  return { ue, pcscf, clock: host.clock, host, requests, sources, notify };
}

const nothing: UeOptions['resolver'] = { resolve: () => ({ kind: 'empty' }) };

const pcscfOnly = {
  resolve: (name: string, type: string) =>
    name === 'pcscf1.home1.net' && type === 'AAAA'
      ? { kind: 'records', records: [{ address: PCSCF_ADDRESS }] }
      : { kind: 'empty' },
} as UeOptions['resolver'];

/** 200 with a To tag, a Contact and two recorded routes. */
export function ok(transaction: ServerTransaction, ...headers: [string, string][]): void {
  const added: Header[] = [
    header('Record-Route', '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>'),
    header('Contact', '<sip:ps.home2.net>'),
    ...headers.map(([name, value]) => header(name, value)),
  ];
  transaction.respond(responseTo(transaction.request, 200, 'OK', { toTag: '151170', headers: added }));
}

/** A NOTIFY as the presence server would send it for this SUBSCRIBE. */
export function notifyFor(subscribe: SipRequest, cseq: number, ...more: [string, string][]): SipRequest {
  const value = (key: string) => subscribe.headers.find((h) => h.key === key)?.value ?? '';
  const given = new Map(more.map(([name]) => [name.toLowerCase(), true]));
  const usual: [string, string][] = [
    ['From', `${value('to')};tag=151170`],
    ['To', value('from')],
    ['Call-ID', value('call-id')],
    ['Event', 'presence'],
    ['Subscription-State', 'active;expires=7200'],
    ['Contact', '<sip:ps.home2.net:5070>'],
  ];
  return createRequest({
    method: 'NOTIFY',
    uri: `sip:[${UE_ADDRESS}]`,
    headers: [
      header('Max-Forwards', '70'),
      header('CSeq', `${cseq} NOTIFY`),
      ...usual.filter(([name]) => !given.has(name.toLowerCase())).map(([name, text]) => header(name, text)),
      ...more.filter(([, text]) => text !== '').map(([name, text]) => header(name, text)),
    ],
    body: '',
  });
}

/** A request as text, symbols in place of what is new each time. */
export function shown(request: SipRequest | undefined): string[] {
  if (request === undefined) {
    return [];
  }
  const lines = request.headers.map(({ line }) =>
    line
      .replace(/branch=z9hG4bK[^;]+/, 'branch=BRANCH')
      .replace(/;received=[^;]+/, '')
      .replace(/;rport(=\d+)?/, '')
      .replace(/;tag=(?!151170)[\w-]+/, ';tag=TAG')
      .replace(/^Call-ID: [\w-]{24}$/, 'Call-ID: CALL'),
  );
  return [`${request.method} ${request.uri}`, ...lines];
}
