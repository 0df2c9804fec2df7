import type { Endpoint } from '@ims-sim/host';
import { addressBytes, asIpv6 } from './address.js';
import { MAX_DATAGRAM_BYTES, udpPacket, type PacketEnd } from './ip-packet.js';
import { captureAddresses, type AddressOf } from './pcap-addresses.js';
import { enhancedPacket, interfaceDescription, nameResolution, sectionHeader } from './pcapng-blocks.js';
import type { DecisionRecord, MessageRecord, TraceRecord } from './record.js';
import { tcpStream, type TcpStream } from './tcp-stream.js';

export interface PcapngOptions {
  /**
   * Each element's address; `captureAddresses()` unless given. Where the ends of a message are of two families, the IPv4 one
   * is written as RFC 6052 embeds it, `64:ff9b::192.0.2.1`.
   */
  readonly addressOf?: AddressOf;
  /** A comment on a message's packet, e.g. its step and how it was judged; the decisions that its receiver took follow it. */
  readonly comment?: (record: MessageRecord) => string | undefined;
}

/** Where Wireshark looks for a protocol without being told. */
const WELL_KNOWN_PORT = { sip: 5060, diameter: 3868, dns: 53, http: 80 } as const;
/** RFC 6335 6: dynamic ports; a client's own port is kept where it is one that no protocol has. */
const FIRST_DYNAMIC_PORT = 49152;
const FIRST_EPHEMERAL_PORT = 32768;
const DNS_RESPONSE_FLAG = 0x80;

/**
 * A run as a pcapng file that Wireshark reads without a setting: each element at an address of its own, SIP at 5060, Diameter
 * at 3868, DNS at 53, HTTP at 80. The packets are made up around the messages: TCP connections have a handshake and numbers that fit, but
 * no end. A decision is a comment on the last packet that its element received or sent before.
 */
export function writePcapng(records: readonly TraceRecord[], options: PcapngOptions = {}): Buffer {
  const { addressOf = captureAddresses(), comment } = options;
  const decisions = decisionsByMessage(records);
  const packets = packetsOf(addressOf);
  const blocks: Buffer[] = [];
  for (const record of records) {
    if (record.kind === 'message') {
      const own = comment?.(record);
      const notes = (decisions.get(record.id) ?? []).map(decisionComment);
      const comments = own === undefined ? notes : [own, ...notes];
      const written = packets.of(record);
      written.forEach((packet, index) => {
        // A comment stands at the packet in which Wireshark shows the message: the last of its segments.
        blocks.push(enhancedPacket(record.atUs, packet, index === written.length - 1 ? comments : []));
      });
    }
  }
  return Buffer.concat([
    sectionHeader('ims-sim'),
    interfaceDescription('ims-sim'),
    nameResolution(packets.names()),
    ...blocks,
  ]);
}

function decisionComment({ element, clause, text }: DecisionRecord): string {
  return clause === '' ? `${element}: ${text}` : `${element}: ${text} (${clause})`;
}

/** Decisions by the id of the message that they are shown at. */
function decisionsByMessage(records: readonly TraceRecord[]): ReadonlyMap<number, DecisionRecord[]> {
  const lastMessage = new Map<string, number>();
  const early = new Map<string, DecisionRecord[]>();
  const byMessage = new Map<number, DecisionRecord[]>();
  for (const record of records) {
    if (record.kind === 'decision') {
      const id = lastMessage.get(record.element);
      if (id === undefined) append(early, record.element, record);
      else append(byMessage, id, record);
      continue;
    }
    for (const name of [record.from, record.to]) {
      lastMessage.set(name, record.id);
      for (const decision of early.get(name) ?? []) {
        append(byMessage, record.id, decision); // Taken before it had any message: its first one.
      }
      early.delete(name);
    }
  }
  return byMessage;
}

function append<K>(lists: Map<K, DecisionRecord[]>, key: K, decision: DecisionRecord): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [decision]);
  else list.push(decision);
}

interface Packets {
  of(record: MessageRecord): Buffer[];
  names(): Iterable<readonly [Buffer, string]>;
}

function packetsOf(addressOf: AddressOf): Packets {
  const streams = new Map<string, { readonly client: string; readonly stream: TcpStream }>();
  const usedPorts = new Map<string, string>();
  const names = new Map<string, readonly [Buffer, string]>();

  const address = (name: string): Buffer => addressBytes(addressOf(name)) ?? unusable(name, addressOf(name));
  const ends = (record: MessageRecord): [Buffer, Buffer] => {
    let [from, to] = [address(record.from), address(record.to)];
    if (from.length !== to.length) {
      [from, to] = [asIpv6(from), asIpv6(to)];
    }
    names.set(from.toString('hex'), [from, record.from]);
    names.set(to.toString('hex'), [to, record.to]);
    return [from, to];
  };
  /** A port of the client's own: the real one where it can be kept and no other connection of this pair has it. */
  const clientPort = (connection: string, clientName: string, serverName: string, real: number): number => {
    let port = real >= FIRST_EPHEMERAL_PORT ? real : FIRST_DYNAMIC_PORT;
    for (let tries = 0; tries < FIRST_EPHEMERAL_PORT; tries += 1) {
      const key = `${clientName} ${serverName} ${port}`;
      const owner = usedPorts.get(key);
      if (owner === undefined || owner === connection) {
        usedPorts.set(key, connection);
        break;
      }
      port = port >= 65535 ? FIRST_EPHEMERAL_PORT : port + 1;
    }
    return port;
  };
  const overTcp = (record: MessageRecord): Buffer[] => {
    const [there, back] = [endpointKey(record.source), endpointKey(record.destination)];
    const connection = there < back ? `${there} ${back}` : `${back} ${there}`;
    let known = streams.get(connection);
    if (known === undefined) {
      // Who speaks first has dialled: a SIP request, CER (RFC 6733 5.3), a DNS query.
      const [from, to] = ends(record);
      const port = clientPort(connection, record.from, record.to, record.source.port);
      const server = { address: to, port: WELL_KNOWN_PORT[record.protocol] };
      known = { client: there, stream: tcpStream({ address: from, port }, server) };
      streams.set(connection, known);
    }
    return known.stream.send(known.client === there ? 'from-client' : 'from-server', framed(record));
  };
  const overUdp = (record: MessageRecord): Buffer[] => {
    const [from, to] = ends(record);
    const [source, destination] = udpPorts(record, clientPort);
    const payload = record.bytes.subarray(0, MAX_DATAGRAM_BYTES);
    const ports: [PacketEnd, PacketEnd] = [
      { address: from, port: source },
      { address: to, port: destination },
    ];
    return [udpPacket(...ports, payload)];
  };

  return {
    of: (record) => (record.transport === 'tcp' ? overTcp(record) : overUdp(record)),
    names: () => names.values(),
  };
}

/** SIP elements send from the socket that they listen on; a DNS client has a port of its own. */
function udpPorts(
  { protocol, from, to, source, destination, bytes }: MessageRecord,
  clientPort: (connection: string, client: string, server: string, real: number) => number,
): [number, number] {
  const port = WELL_KNOWN_PORT[protocol];
  if (protocol !== 'dns') {
    return [port, port];
  }
  const isResponse = ((bytes[2] ?? 0) & DNS_RESPONSE_FLAG) !== 0;
  return isResponse
    ? [port, clientPort(endpointKey(destination), to, from, destination.port)]
    : [clientPort(endpointKey(source), from, to, source.port), port];
}

/** RFC 1035 4.2.2: over TCP a DNS message has its length before it, which a trace's message has not. */
function framed({ protocol, bytes }: MessageRecord): Buffer {
  return protocol === 'dns'
    ? Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes])
    : bytes;
}

function endpointKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function unusable(name: string, address: string): never {
  throw new Error(`The capture's address for ${name} must be an IP address, not ${address}`);
}
