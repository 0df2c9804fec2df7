import {
  nodeNet,
  seededRandom,
  silentLog,
  systemClock,
  testHost,
  noTrace,
  type Endpoint,
  type Host,
  type TestHost,
  type UdpSocket,
  type VirtualClock,
} from '@ims-sim/host';
import {
  header,
  parseMessage,
  responseTo,
  serialize,
  type SipMessage,
  type SipRequest,
  type StackOptions,
} from '@ims-sim/sip';
import { Srf, startDrachtio, type Drachtio, type DrachtioOptions, type View } from '../src/index.js';

export type Way = 'memory' | 'tcp';

/** A peer that says what the test makes it say. */
export interface Peer {
  readonly at: Endpoint;
  readonly received: SipMessage[];
  readonly requests: SipRequest[];
  send(text: string): void;
  answer(
    request: SipRequest | undefined,
    status: number,
    headers?: Record<string, string>,
    more?: { body?: string; toTag?: string },
  ): void;
}

/** An application on an endpoint, and a peer of it. */
export interface World {
  readonly srf: Srf;
  readonly drachtio: Drachtio;
  readonly endpointAt: Endpoint;
  readonly peer: Peer;
  readonly clock: VirtualClock | undefined;
  /** A further peer: at this address in memory, at a port of its own else. */
  peerAt(address: string): Promise<Peer>;
  /** Lets everything settle until `reached`; fails when it is not within a second of virtual time in memory, or 20 s on sockets. */
  until(reached: () => unknown, what: string): Promise<void>;
  /** Lets what is under way settle. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** It is waited for; only what never comes takes so long. */
const REACHED_WITHIN_MS = 20_000;
/** What is in a socket is read in a turn of the event loop: time alone may pass without one, on a busy machine. */
const TURNS = 300;

const resolver: StackOptions['resolver'] = { resolve: () => ({ kind: 'empty' }) };

export async function world(
  way: Way,
  options: Partial<DrachtioOptions> = {},
  register: (srf: Srf) => void = () => undefined,
  view: View = {},
  virtual: TestHost = testHost({ name: 'ps.home2.net', addresses: ['127.0.0.1'] }),
): Promise<World> {
  const host: Host =
    way === 'memory'
      ? virtual
      : {
          name: 'ps.home2.net',
          net: nodeNet,
          clock: systemClock,
          random: seededRandom(1),
          trace: noTrace,
          log: silentLog,
        };
  const peerNet = way === 'memory' ? testHost({ beside: virtual, addresses: ['127.0.0.2'] }).net : nodeNet;
  const drachtio = await startDrachtio({
    host,
    sip: { sentBy: 'ps.home2.net', listen: { address: '127.0.0.1', port: 0 }, resolver, trying: 'never' },
    ...(way === 'tcp' ? { listen: { address: '127.0.0.1', port: 0 } } : {}),
    ...options,
  });
  const endpointAt = drachtio.stack.listening;
  const { peer, socket } = await startPeer(peerNet, way === 'memory' ? '127.0.0.2' : '127.0.0.1', endpointAt);
  const sockets = [socket];
  const srf = new Srf();
  register(srf);
  let connected = false;
  srf.on('connect', () => (connected = true));
  if (way === 'memory') {
    drachtio.attach(srf, view);
  } else {
    srf.on('error', () => undefined);
    srf.connect({
      host: '127.0.0.1',
      port: drachtio.listening?.port ?? 0,
      secret: options.secret ?? 'cymru',
    });
  }
  const turns = async (count: number) => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const until = async (reached: () => unknown, what: string) => {
    const deadlineMs = performance.now() + REACHED_WITHIN_MS;
    for (let i = 0; !reached(); i++) {
      if (way === 'memory' ? i > 100 : performance.now() > deadlineMs)
        throw new Error(`Did not come: ${what}`);
      if (way === 'memory') await virtual.clock.advance(10);
      else await turns(1);
    }
  };
  const settle = async () => {
    if (way === 'memory') await virtual.clock.advance(10);
    else for (const endMs = performance.now() + 30; performance.now() < endMs;) await turns(TURNS);
  };
  await until(() => connected, 'the application is connected');
  await settle();
  return {
    srf,
    drachtio,
    endpointAt,
    peer,
    clock: way === 'memory' ? virtual.clock : undefined,
    async peerAt(address) {
      const net = way === 'memory' ? testHost({ beside: virtual, addresses: [address] }).net : nodeNet;
      const further = await startPeer(net, way === 'memory' ? address : '127.0.0.1', endpointAt);
      sockets.push(further.socket);
      return further.peer;
    },
    until,
    settle,
    async close() {
      if (way === 'tcp') srf.disconnect();
      for (const one of sockets) one.close();
      await drachtio.close();
      await turns(3);
    },
  };
}

async function startPeer(
  net: Host['net'],
  address: string,
  to: Endpoint,
): Promise<{ peer: Peer; socket: UdpSocket }> {
  const received: SipMessage[] = [];
  const requests: SipRequest[] = [];
  const socket = await net.udp(
    { address, port: 0 },
    {
      onDatagram(datagram) {
        const parsed = parseMessage(datagram.toString('latin1'));
        if (parsed.kind !== 'message') throw new Error(`No message: ${datagram.toString()}`);
        received.push(parsed.message);
        if (parsed.message.kind === 'request') requests.push(parsed.message);
      },
    },
  );
  const send = (text: string) => socket.send(Buffer.from(text, 'latin1'), to);
  const peer: Peer = {
    at: socket.local,
    received,
    requests,
    send,
    answer(request, status, headers = {}, { body, toTag = 'peer-tag' } = {}) {
      if (request === undefined) throw new Error('Nothing to answer');
      const own = Object.entries(headers).map(([name, value]) => header(name, value));
      send(
        serialize(responseTo(request, status, undefined, { toTag, headers: own, body, recordRoute: true })),
      );
    },
  };
  return { peer, socket };
}

let branches = 0;

/** A request as text; `lines` are further header lines. */
export function requestText(
  method: string,
  peer: Peer,
  {
    uri = 'sip:user2_public1@home2.net',
    lines = [],
    body = '',
    to = '<tel:+1-212-555-2222>',
    callId = 'b89rjhnedlrfjflslj40a222',
    cseq = 61,
    fromTag = '31415',
    branch = `z9hG4bK-t${branches++}`,
  }: {
    uri?: string;
    lines?: readonly string[];
    body?: string;
    to?: string;
    callId?: string;
    cseq?: number;
    fromTag?: string;
    branch?: string;
  } = {},
): string {
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${peer.at.address}:${peer.at.port};branch=${branch};rport`,
    'Max-Forwards: 66',
    `From: <sip:user1_public1@home1.net>;tag=${fromTag}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    ...lines,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
