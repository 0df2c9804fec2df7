import { silentLog, testHost, type TestHost } from '@ims-sim/host';
import {
  createRequest,
  forward,
  header,
  responseTo,
  startProxy,
  startSipStack,
  type Decide,
  type Header,
  type Incoming,
  type Proxy,
  type ProxyOptions,
  type SendOptions,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '../../src/index.js';
import { address, zone } from '../resolve/zone.js';

/** Hosts on one network in memory with one virtual clock; each has the name NAME.example and listens on 5060. */
export interface Lab {
  readonly host: TestHost;
  /** What its hosts have logged as errors. */
  readonly errors: string[];
  proxy(name: string, decide: Decide, options?: Partial<ProxyOptions>): Promise<Proxy>;
  agent(name: string, serve?: (transaction: ServerTransaction) => void): Promise<Agent>;
}

/** A user agent that writes down what comes in. */
export interface Agent {
  readonly stack: SipStack;
  readonly requests: SipRequest[];
  readonly transactions: ServerTransaction[];
  /** Sends a request and gives what comes back: responses by status, failures by name. */
  send(request: SipRequest, options?: SendOptions): Sent;
}

export interface Sent {
  readonly outcomes: (number | 'timeout' | 'transport')[];
  readonly responses: SipResponse[];
  cancel(): void;
}

const ADDRESSES: Readonly<Record<string, string>> = {
  ua: '10.0.0.1',
  ub: '10.0.0.2',
  uc: '10.0.0.3',
  p1: '10.0.0.11',
  p2: '10.0.0.12',
  p3: '10.0.0.13',
};

const resolver = zone(
  Object.fromEntries(Object.entries(ADDRESSES).map(([name, at]) => [`${name}.example A`, [address(at)]])),
);

export function lab(): Lab {
  const host = testHost({ addresses: ['10.255.0.1'] });
  const errors: string[] = [];
  const log = { ...silentLog, error: (text: string) => void errors.push(text) };
  const hostOf = (name: string) =>
    testHost({ beside: host, name: `${name}.example`, addresses: [addressOf(name)], trace: host.trace, log });
  return {
    host,
    errors,
    proxy: (name, decide, options = {}) =>
      startProxy({
        host: hostOf(name),
        listen: { address: addressOf(name), port: 5060 },
        sentBy: `${name}.example`,
        names: [`${name}.example`],
        resolver,
        trying: 'never',
        decide,
        ...options,
      }),
    agent: async (name, serve) => {
      const requests: SipRequest[] = [];
      const transactions: ServerTransaction[] = [];
      const stack = await startSipStack({
        host: hostOf(name),
        listen: { address: addressOf(name), port: 5060 },
        sentBy: `${name}.example`,
        resolver,
        trying: 'never',
        onRequest: (transaction) => {
          requests.push(transaction.request);
          transactions.push(transaction);
          serve?.(transaction);
        },
      });
      return { stack, requests, transactions, send: (request, options) => send(stack, request, options) };
    },
  };
}

function addressOf(name: string): string {
  const found = ADDRESSES[name];
  if (found === undefined) {
    throw new Error(`No host ${name} in this lab`);
  }
  return found;
}

function send(stack: SipStack, request: SipRequest, options?: SendOptions): Sent {
  const outcomes: Sent['outcomes'] = [];
  const responses: SipResponse[] = [];
  const client = stack.send(
    request,
    {
      onResponse: (response) => {
        responses.push(response);
        outcomes.push(response.status);
      },
      onFailure: (failure) => outcomes.push(failure),
    },
    options,
  );
  return { outcomes, responses, cancel: () => client.cancel() };
}

/** Sends the request on where its Route or Request-URI says, and stays in the dialog. */
export const through =
  (name: string, seen?: Incoming[]): Decide =>
  (incoming) => {
    seen?.push(incoming);
    return forward(incoming.request, { recordRoute: `sip:${name}.example;lr` });
  };

/** Answers 200 with a Contact. */
export const accept = (name: string) => (transaction: ServerTransaction) => {
  if (transaction.request.method !== 'ACK') {
    transaction.respond(answer(transaction.request, 200, name));
  }
};

export function answer(
  request: SipRequest,
  status: number,
  name = 'ub',
  headers: readonly Header[] = [],
): SipResponse {
  return responseTo(request, status, undefined, {
    toTag: name,
    recordRoute: true,
    headers: [header('Contact', `<sip:${name}@${name}.example>`), ...headers],
  });
}

let calls = 0;

export function newRequest(method: string, uri: string, ...headers: [string, string][]): SipRequest {
  calls++;
  return createRequest({
    method,
    uri,
    headers: [
      header('Max-Forwards', '70'),
      ...headers.filter(([name]) => name === 'Route').map(([name, value]) => header(name, value)),
      header('From', '<sip:ua@ua.example>;tag=ua'),
      header('To', '<sip:ub@ub.example>'),
      header('Call-ID', `call-${calls}`),
      header('CSeq', `1 ${method}`),
      header('Contact', '<sip:ua@ua.example>'),
      ...headers.filter(([name]) => name !== 'Route').map(([name, value]) => header(name, value)),
    ],
  });
}

export const ROUTE: [string, string] = ['Route', '<sip:p1.example;lr>'];
export const TO_UB = { targets: [{ transport: 'UDP' as const, address: '10.0.0.2', port: 5060 }] };
export const TO_UC = { targets: [{ transport: 'UDP' as const, address: '10.0.0.3', port: 5060 }] };

/** One proxy between ua and ub (and uc, which accepts). */
export async function one(
  decide: Decide,
  ub: (transaction: ServerTransaction) => void = accept('ub'),
  options: Partial<ProxyOptions> = {},
) {
  const set = lab();
  const proxy = await set.proxy('p1', decide, options);
  const agents = {
    ua: await set.agent('ua'),
    ub: await set.agent('ub', ub),
    uc: await set.agent('uc', accept('uc')),
  };
  const send = (method: string, ...headers: [string, string][]) =>
    agents.ua.send(newRequest(method, 'sip:ub@ub.example', ROUTE, ...headers));
  return { ...agents, proxy, clock: set.host.clock, host: set.host, send };
}

export const refuse =
  (status: number, ...headers: [string, string][]) =>
  (transaction: ServerTransaction) => {
    const all = headers.map(([name, value]) => header(name, value));
    if (transaction.request.method !== 'ACK')
      transaction.respond(answer(transaction.request, status, 'ub', all));
  };
export const silent = () => undefined;
