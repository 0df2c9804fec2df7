import { seededRandom, testHost, type Endpoint, type TcpConnection, type TestHost } from '@ims-sim/host';
import { faultyHost, type Fault, type FaultMatch, type FaultRule } from '../src/index.js';

export const A: Endpoint = { address: '10.0.0.1', port: 5060 };
export const B: Endpoint = { address: '10.0.0.2', port: 5060 };
export const SENDER = 'scscf1.home1.net';
export const RECEIVER = 'icscf2.home2.net';

export function rule(
  fault: Fault,
  match: FaultMatch,
  counts: { after?: number; times?: number; label?: string } = {},
): FaultRule {
  return { fault, match, ...counts, text: fault.kind };
}

export interface Lab {
  readonly sender: TestHost;
  /** What arrived, with the milliseconds since the beginning. */
  readonly arrived: { readonly bytes: Buffer; readonly atMs: number }[];
  /** What the sender's trace has as sent. */
  readonly traced: () => Buffer[];
  readonly set: (...rules: FaultRule[]) => void;
  /** What the sender's trace says of the rules. */
  readonly told: () => (string | undefined)[];
  /** As an element sends: to its trace, then to its socket. */
  readonly send: (bytes: Buffer) => void;
  readonly connection: TcpConnection | undefined;
  readonly advance: (ms: number) => Promise<void>;
}

/** `accepted`: the receiver opened the connection, from a port of no name, and says `hello` first. */
export async function lab(
  over: 'udp' | 'tcp' | 'accepted',
  { protocol = 'sip', hello }: { protocol?: 'sip' | 'diameter' | 'dns'; hello?: Buffer } = {},
): Promise<Lab> {
  const sender = testHost({ name: SENDER, addresses: [A.address] });
  const receiver = testHost({ beside: sender, name: RECEIVER, addresses: [B.address] });
  const beganMs = sender.clock.now();
  const arrived: { bytes: Buffer; atMs: number }[] = [];
  const take = (bytes: Buffer): void => {
    arrived.push({ bytes, atMs: sender.clock.now() - beganMs });
  };
  const nameOf = ({ address, port }: Endpoint): string | undefined =>
    address === B.address && port === B.port ? RECEIVER : undefined;
  const { host, set } = faultyHost(sender, { nameOf, random: seededRandom(7) });
  const trace = (remote: Endpoint, bytes: Buffer): void => {
    const transport = over === 'udp' ? 'udp' : 'tcp';
    host.trace.message({ protocol, transport, direction: 'sent', local: A, remote, bytes });
  };
  const nothing = { onData: () => undefined, onClose: () => undefined };
  const taking = { onData: take, onClose: () => undefined };
  let connection: TcpConnection | undefined;
  let send: (bytes: Buffer) => void;
  if (over === 'udp') {
    await receiver.net.udp(B, { onDatagram: take });
    const socket = await host.net.udp(A, { onDatagram: () => undefined });
    send = (bytes) => {
      trace(B, bytes);
      socket.send(bytes, B);
    };
  } else {
    const opened = new Promise<TcpConnection>((resolve) => {
      if (over === 'tcp')
        return resolve(
          receiver.net.listen(B, () => taking).then(() => host.net.connect(B, 1000, () => nothing)),
        );
      const accept = (each: TcpConnection) => {
        resolve(each);
        return nothing;
      };
      void host.net.listen(A, accept).then(async () => {
        const client = await receiver.net.connect(A, 1000, () => taking);
        if (hello !== undefined) client.write(hello);
      });
    });
    const tcp = await sender.clock.until(opened);
    connection = tcp;
    send = (bytes) => {
      tcp.write(bytes); // before the trace, as the SIP stack does over TCP
      trace(tcp.remote, bytes);
    };
  }
  await sender.clock.advance(0);
  return {
    sender,
    arrived,
    traced: () => sender.trace.messages.map(({ bytes }) => Buffer.from(bytes)),
    told: () => sender.trace.decisions.map(({ text }) => text),
    set: (...rules) => {
      set(rules);
    },
    send,
    connection,
    advance: (ms) => sender.clock.advance(ms),
  };
}

export function sip(startLine: string, cseq: string, body = ''): Buffer {
  return Buffer.from(
    [
      startLine,
      'Via: SIP/2.0/TCP icscf2.home2.net:4321;branch=z9hG4bK1, SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bK0',
      'f: <sip:user1_public1@home1.net>;tag=1',
      'Call-ID: b89rjhnedlrfjflslj40a222',
      `CSeq: ${cseq}`,
      'P-Asserted-Identity: <sip:a@home1.net>,',
      ' <tel:+1-212-555-1111>',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

export const SUBSCRIBE = sip('SUBSCRIBE tel:+1-212-555-2222 SIP/2.0', '61 SUBSCRIBE');
export const NOTIFY = sip('NOTIFY sip:user1@home1.net SIP/2.0', '42 NOTIFY', '<presence/>');
export const OK = sip('SIP/2.0 200 OK', '61 SUBSCRIBE');
export const FORBIDDEN = sip('SIP/2.0 403 Forbidden', '61 SUBSCRIBE');
