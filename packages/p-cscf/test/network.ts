import { testHost } from '@ims-sim/host';
import {
  createRequest,
  event,
  expires,
  header,
  responseTo,
  startSipStack,
  type Header,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
  type StackOptions,
  type Target,
  tagOf,
  to,
} from '@ims-sim/sip';
import { startPCscf, type PCscfOptions, type RunningPCscf } from '../src/index.js';
import { valuesOf } from './harness.js';

export const PCSCF = '10.0.0.1';
export const UE = '10.0.0.2';
export const HOME = '10.0.0.3';
export const USER = 'sip:user1_public1@home1.net';
export const OFFER = 'ipsec-3gpp; alg=hmac-sha-1-96; spi-c=1000; spi-s=1001; port-c=2468; port-s=1357';

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

export interface Network {
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
  /** From now on this S-CSCF is in Service-Route. */
  servedBy(sCscf: string): void;
}

export async function network(options: Partial<PCscfOptions> = {}, grantedS?: number): Promise<Network> {
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
  let server = 'scscf1.home1.net';
  const atHome: ServerTransaction[] = [];
  const atUe: ServerTransaction[] = [];
  const home = await startSipStack({
    host: at(HOME),
    listen: { address: HOME, port: 5060 },
    resolver,
    trying: 'never',
    onRequest: (transaction) => {
      atHome.push(transaction);
      answerAtHome(transaction, grantedS, server);
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
    servedBy: (sCscf) => {
      server = sCscf;
    },
  };
  return result;
}

export const OPEN: Target = { transport: 'UDP', address: PCSCF, port: 5060 };
export const SECURED: Target = {
  transport: 'UDP',
  address: PCSCF,
  port: 7531,
  from: { address: UE, port: 2468 },
};

export function responseOf(answer: SipResponse | string): SipResponse {
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

let cseq = 0;

export function registering(expiresS: number, more: readonly Header[], responds = false): SipRequest {
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

/** In place of what is granted: the S-CSCF knows of no subscription that it has granted. */
export const FORGETS = -1;

export function answerAtHome(
  transaction: ServerTransaction,
  grantedS?: number,
  server = 'scscf1.home1.net',
): void {
  const { request } = transaction;
  const respond = (status: number, headers: readonly Header[]) =>
    transaction.respond(
      responseTo(request, status, undefined, { toTag: 'home', headers, recordRoute: true }),
    );
  if (grantedS === FORGETS && tagOf(to(request)) !== undefined && request.method === 'SUBSCRIBE') {
    respond(481, []);
  } else if (request.method === 'SUBSCRIBE' && event(request)?.package === 'reg') {
    respond(200, [
      header('Expires', String(grantedS === FORGETS ? expires(request) : (grantedS ?? expires(request)))),
      header('Contact', '<sip:scscf1.home1.net>'),
    ]);
  } else if (request.method !== 'REGISTER') {
    respond(200, [header('Contact', '<sip:user2@home1.net>')]);
  } else if (valuesOf(request, 'authorization').join().includes('integrity-protected="no"')) {
    respond(401, [
      header(
        'WWW-Authenticate',
        'Digest realm="home1.net", nonce="abc", algorithm=AKAv1-MD5, ik="0011", ck="2233"',
      ),
    ]);
  } else {
    respond(200, [
      header('Service-Route', `<sip:orig@${server};lr>`),
      header('P-Associated-URI', `<${USER}>, <tel:+1-212-555-1111>`),
      header('Contact', valuesOf(request, 'contact')[0] ?? ''),
      header('P-Charging-Function-Addresses', 'ccf=192.0.2.1'),
    ]);
  }
}

export const subscribes = ({ atHome }: Network) =>
  atHome.map(({ request }) => request).filter(({ method }) => method === 'SUBSCRIBE');

export function message(headers: readonly Header[] = [], method = 'MESSAGE'): SipRequest {
  return createRequest({
    method,
    uri: `sip:${UE}:1357`,
    headers: [
      header('Max-Forwards', '70'),
      header('Route', '<sip:term@pcscf1.visited1.net;lr>'),
      header('From', '<sip:user2@home1.net>;tag=1'),
      header('To', `<${USER}>`),
      header('Call-ID', `m${++cseq}`),
      header('CSeq', `1 ${method}`),
      ...headers,
    ],
  });
}
