import { testHost, type Endpoint, type TestHost, type UdpSocket } from '@ims-sim/host';
import type { Resolver } from '@ims-sim/dns';
import {
  createRequest,
  header,
  parseMessage,
  responseTo,
  startSipStack,
  type ServerTransaction,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type SipStack,
  type StackOptions,
  type Target,
} from '../../src/index.js';

export const NO_DNS: Resolver = { resolve: () => ({ kind: 'empty' }) };

export const ALICE = '10.0.0.1';
export const BOB = '10.0.0.2';
export const CAROL = '10.0.0.3';

/** Three hosts on one clock and one network. */
export function hosts(): { alice: TestHost; bob: TestHost; carol: TestHost } {
  const alice = testHost({ name: 'alice.home1.net', addresses: [ALICE] });
  const bob = testHost({ name: 'bob.home2.net', addresses: [BOB], beside: alice });
  const carol = testHost({ name: 'carol.home2.net', addresses: [CAROL], beside: alice });
  return { alice, bob, carol };
}

export interface TestStack extends SipStack {
  /** What its user was given, in order. */
  readonly requests: ServerTransaction[];
}

/** A stack at `address`:5060; `onRequest` answers, or else the test does. */
export async function stackAt(
  host: TestHost,
  address: string,
  options: Partial<StackOptions> = {},
): Promise<TestStack> {
  const requests: ServerTransaction[] = [];
  const stack = await startSipStack({
    host,
    listen: { address, port: 5060 },
    resolver: NO_DNS,
    trying: 'never',
    ...options,
    onRequest(transaction) {
      requests.push(transaction);
      options.onRequest?.(transaction);
    },
  });
  return Object.assign(stack, { requests });
}

export interface Heard {
  readonly atMs: number;
  readonly text: string;
  readonly message: SipMessage;
}

/** A UDP socket that keeps what it hears, by the time since it was opened. */
export interface Peer {
  readonly heard: Heard[];
  readonly times: () => number[];
  readonly socket: UdpSocket;
  say(text: string, to: Endpoint): void;
  /** What was heard last. */
  last(): SipMessage;
  /** Called with each message. */
  onMessage: ((message: SipMessage, text: string) => void) | undefined;
}

export async function peerAt(host: TestHost, address: string, port = 5060): Promise<Peer> {
  const heard: Heard[] = [];
  const startMs = host.clock.now();
  const peer: Peer = {
    heard,
    times: () => heard.map(({ atMs }) => atMs),
    socket: await host.net.udp(
      { address, port },
      {
        onDatagram(datagram) {
          const text = datagram.toString('latin1');
          const message = messageOf(text);
          heard.push({ atMs: host.clock.now() - startMs, text, message });
          peer.onMessage?.(message, text);
        },
      },
    ),
    say(text, to) {
      peer.socket.send(Buffer.from(text, 'latin1'), to);
    },
    last() {
      const entry = heard.at(-1);
      if (entry === undefined) throw new Error('Nothing was heard');
      return entry.message;
    },
    onMessage: undefined,
  };
  return peer;
}

export function messageOf(text: string): SipMessage {
  const parsed = parseMessage(text);
  if (parsed.kind !== 'message') throw new Error(`Not a message: ${text}`);
  return parsed.message;
}

export interface RequestParts {
  readonly method?: string;
  readonly via?: string;
  readonly branch?: string;
  readonly toTag?: string;
  readonly cseq?: number;
  readonly body?: string;
  readonly more?: readonly string[];
}

/** A request as a peer writes it; `via` in the place of the default `SIP/2.0/UDP alice.home1.net;branch=…;rport`. */
export function text({
  method = 'OPTIONS',
  branch = 'z9hG4bKalice1',
  via = `SIP/2.0/UDP alice.home1.net;branch=${branch};rport`,
  toTag,
  cseq = 1,
  body = '',
  more = [],
}: RequestParts = {}): string {
  return [
    `${method} sip:bob@home2.net SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    'From: <sip:alice@home1.net>;tag=a1',
    `To: <sip:bob@home2.net>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    'Call-ID: call1@home1.net',
    `CSeq: ${cseq} ${method}`,
    ...more,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** A request for `SipStack.send`. */
export function toSend(method = 'OPTIONS', uri = 'sip:bob@home2.net', body = ''): SipRequest {
  return createRequest({
    method,
    uri,
    headers: [
      header('Max-Forwards', '70'),
      header('From', '<sip:alice@home1.net>;tag=a1'),
      header('To', '<sip:bob@home2.net>'),
      header('Call-ID', 'call1@home1.net'),
      header('CSeq', `7 ${method}`),
    ],
    body,
  });
}

export function answer(request: SipRequest, status: number): SipResponse {
  return responseTo(request, status, undefined, { toTag: 'b1' });
}

export function asRequest(message: SipMessage): SipRequest {
  if (message.kind !== 'request') throw new Error('Not a request');
  return message;
}

export function asResponse(message: SipMessage): SipResponse {
  if (message.kind !== 'response') throw new Error('Not a response');
  return message;
}

export const udp = (address: string, port = 5060): Target => ({ transport: 'UDP', address, port });
export const tcp = (address: string, port = 5060): Target => ({ transport: 'TCP', address, port });

/** A client's user that notes what it is told: statuses and failures. */
export function listener(): {
  readonly told: (number | string)[];
  onResponse(response: SipResponse): void;
  onFailure(failure: string): void;
} {
  const told: (number | string)[] = [];
  return {
    told,
    onResponse: ({ status }) => void told.push(status),
    onFailure: (failure) => void told.push(failure),
  };
}
