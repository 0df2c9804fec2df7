import type { Endpoint, TcpConnection, TestHost } from '@ims-sim/host';
import { testHost } from '@ims-sim/host';
import type {
  ApplicationDefinition,
  Avp,
  CommandDefinition,
  DiameterNode,
  DiameterNodeOptions,
  Message,
} from '../src/index.js';
import {
  avpOf,
  base,
  createFramer,
  decodeMessage,
  encodeMessage,
  exactlyOne,
  get,
  startDiameterNode,
} from '../src/index.js';

export const ECHO: CommandDefinition = {
  name: 'Echo',
  code: 9000,
  application: 16777216,
  proxiable: true,
  request: [exactlyOne(base.sessionId), exactlyOne(base.userName)],
};

export const application: ApplicationDefinition = {
  id: 16777216,
  vendorId: 10415,
  commands: [ECHO],
  commonAvps: [avpOf(base.authSessionState, 1)],
};

/** Hosts on one virtual network: `server` at 10.0.0.1, then 10.0.0.2 and so on. */
export function hosts(count: number): TestHost[] {
  const first = testHost({ name: 'host1', addresses: ['10.0.0.1'] });
  const others = Array.from({ length: count - 1 }, (_, i) =>
    testHost({ name: `host${String(i + 2)}`, addresses: [`10.0.0.${String(i + 2)}`], beside: first }),
  );
  return [first, ...others];
}

export function server(host: TestHost, options: Partial<DiameterNodeOptions> = {}): Promise<DiameterNode> {
  return startDiameterNode({
    host,
    originHost: 'hss1.home1.net',
    originRealm: 'home1.net',
    listen: { address: addressOf(host), port: 3868 },
    applications: [application],
    onRequest: () => ({ avps: [avpOf(base.resultCode, 2001)] }),
    ...options,
  });
}

export function client(host: TestHost, options: Partial<DiameterNodeOptions> = {}): Promise<DiameterNode> {
  return startDiameterNode({
    host,
    originHost: 'icscf1.home1.net',
    originRealm: 'home1.net',
    applications: [application],
    peers: [peerAt('10.0.0.1')],
    ...options,
  });
}

export function peerAt(address: string, host = 'hss1.home1.net') {
  return { host, realm: 'home1.net', connect: () => [{ address, port: 3868 }] };
}

export const echo = (node: DiameterNode, destinationHost?: string) =>
  node.request({
    command: ECHO,
    sessionId: node.nextSessionId(),
    destinationRealm: 'home1.net',
    destinationHost,
    avps: [avpOf(base.userName, 'a')],
  });

function addressOf(host: TestHost): string {
  return `10.0.0.${host.name.slice(4)}`;
}

/** A peer that says what the test tells it to, and keeps what it hears. */
export interface Stranger {
  readonly heard: Message[];
  readonly closed: () => boolean;
  readonly connection: TcpConnection;
  say(bytes: Uint8Array): void;
}

export async function stranger(host: TestHost, to: Endpoint): Promise<Stranger> {
  const heard: Message[] = [];
  let closed = false;
  const connection = await host.clock.until(
    host.net.connect(to, 1000, () => receiver(heard, () => (closed = true))),
  );
  return { heard, closed: () => closed, connection, say: (bytes) => connection.write(bytes) };
}

export function receiver(heard: Message[], onClose: () => void, onMessage?: (message: Message) => void) {
  const push = createFramer(1 << 20, {
    onMessage: (bytes) => {
      const decoding = decodeMessage(bytes, 1000);
      if (decoding.kind !== 'message') throw new Error('the node sent what cannot be read');
      heard.push(decoding.message);
      onMessage?.(decoding.message);
    },
    onBroken: () => {
      throw new Error('the node sent what is no message');
    },
  });
  return { onData: push, onClose };
}

export const origin = (host: string): Avp[] => [
  avpOf(base.originHost, host),
  avpOf(base.originRealm, 'home1.net'),
];

export function message(command: number, avps: readonly Avp[], header: Partial<Message> = {}): Buffer {
  return encodeMessage({
    flags: 0x80,
    command,
    application: command < 300 ? 0 : 16777216,
    hopByHop: 1,
    endToEnd: 2,
    ...header,
    avps,
  });
}

export const cer = (host: string, ...more: Avp[]): Buffer =>
  message(257, [
    ...origin(host),
    avpOf(base.hostIpAddress, '10.0.0.9'),
    avpOf(base.vendorId, 0),
    avpOf(base.productName, 'test'),
    ...(more.length > 0 ? more : [avpOf(base.authApplicationId, 16777216)]),
  ]);

export const AT: Endpoint = { address: '10.0.0.1', port: 3868 };
export const two = (): [TestHost, TestHost] => hosts(2) as [TestHost, TestHost];
export const result = (answer: Message | undefined): number | undefined =>
  answer && get(answer, base.resultCode);

/** A connection to an HSS whose capabilities have been exchanged. */
export async function opened(options: Partial<DiameterNodeOptions> = {}) {
  const [a, b] = two();
  const hss = await server(a, options);
  const peer = await stranger(b, AT);
  peer.say(cer('a.home1.net'));
  await a.clock.advance(10);
  peer.heard.length = 0;
  return { clock: a.clock, hss, peer };
}

/** A server that the test plays: it takes any connection, offers `offers`, and answers requests as `onRequest` says. */
export async function scripted(
  host: TestHost,
  address: string,
  name: string,
  options: {
    readonly offers?: number;
    /** In place of `offers`. */
    readonly offered?: Avp;
    /** Watchdogs get no answer. */
    readonly isSilent?: boolean;
    readonly onRequest: (request: Message, answer: (bytes: Buffer) => void) => void;
  },
): Promise<Message[]> {
  const heard: Message[] = [];
  await host.net.listen({ address, port: 3868 }, (connection) => {
    const answer = (bytes: Buffer): void => connection.write(bytes);
    const ignored: Message[] = [];
    return receiver(
      ignored,
      () => undefined,
      (got) => {
        if (got.command === 280) {
          if (options.isSilent === true) return;
          return answer(answerTo(got, [avpOf(base.resultCode, 2001), ...origin(name)], 0));
        }
        if (got.command !== 257) {
          heard.push(got);
          return options.onRequest(got, answer);
        }
        const offer = options.offered ?? avpOf(base.authApplicationId, options.offers ?? 16777216);
        const avps = [avpOf(base.resultCode, 2001), ...origin(name), avpOf(base.vendorId, 0), offer];
        answer(message(257, avps, { ...got, flags: 0 }));
      },
    );
  });
  return heard;
}

/** An answer to what came. */
export const answerTo = (request: Message, avps: readonly Avp[], flags = 0x40): Buffer => {
  const sessionId = get(request, base.sessionId);
  const session = sessionId === undefined ? [] : [avpOf(base.sessionId, sessionId)];
  return message(request.command, [...session, ...avps], { ...request, flags });
};
