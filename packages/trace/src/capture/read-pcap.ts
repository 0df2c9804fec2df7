import type { Endpoint, TraceProtocol } from '@ims-sim/host';
import { decodeHep, HEP_MAGIC } from '../hep.js';
import { merger, type MergedMessage } from '../merge.js';
import type { DecisionRecord } from '../record.js';
import { reportOf } from '../report.js';
import { complaints as newComplaints } from './complaints.js';
import { ipLayer } from './ip-layer.js';
import { ipOfFrame } from './link-layer.js';
import type { CapturedPacket, IpPayload } from './packet.js';
import { readCaptureFile } from './pcap-file.js';
import { sipStart } from './recognize.js';
import { seenTwice } from './seen-twice.js';
import { isDiameter, streamReader, type StreamProtocol, type StreamReader } from './stream-messages.js';
import { tcpReassembly } from './tcp-reassembly.js';

/** An application's message out of a capture. */
export interface CapturedMessage {
  readonly kind: 'message';
  /** Microseconds since the epoch: of its packet, over TCP of the one that made it whole. */
  readonly atUs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Names that the capture itself gives the two: an agent's in HEP, a pcapng file's for the address. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly protocol: TraceProtocol;
  readonly transport: 'udp' | 'tcp';
  /** A copy: the file need not be kept. */
  readonly bytes: Buffer;
}

export interface PcapReading {
  /** How many packets the file has, of any kind. */
  readonly packets: number;
  /** In the order of time. */
  readonly messages: readonly CapturedMessage[];
  /** What elements decided, where they said so in HEP. */
  readonly decisions: readonly Omit<DecisionRecord, 'id'>[];
  /** What was not read, one line each; empty: everything was. */
  readonly complaints: readonly string[];
}

export interface PcapOptions {
  /** Ports, beside 53, whose traffic is DNS. */
  readonly dnsPorts?: readonly number[];
  /** 5,000,000 unless told. */
  readonly maxPackets?: number;
  /** 200,000 unless told. */
  readonly maxMessages?: number;
}

const TCP = 6;
const UDP = 17;
const DNS_PORT = 53;
/** Of one message that two agents report by HEP. */
const HEP_WINDOW_MS = 2000;
const MAX_HEP_WAITING = 20_000;

/**
 * The SIP, Diameter, DNS and HEP messages of a capture (pcap or pcapng, Ethernet, Linux cooked, raw IP or loopback): SIP and
 * Diameter by what they look like at whatever port, DNS at port 53 and those asked for. Bytes may be anything: never throws.
 */
export function readPcap(bytes: Buffer, options: PcapOptions = {}): PcapReading {
  const { maxPackets = 5_000_000, maxMessages = 200_000 } = options;
  const dnsPorts = new Set([DNS_PORT, ...(options.dnsPorts ?? [])]);
  const complaints = newComplaints();
  const names = new Map<string, string>();
  const found = collect(names, maxMessages, (reason) => complaints.add(reason));
  const ip = ipLayer(complaints);
  const readers: StreamReader[] = [];
  const tcp = tcpReassembly((source, destination) => {
    const reader = streamReader({
      isDns: dnsPorts.has(source.port) || dnsPorts.has(destination.port),
      onMessage: (message) => found.add(message.protocol, 'tcp', { ...message, source, destination }),
      onSkipped: (why) => complaints.add(`TCP port ${source.port} to ${destination.port}: ${why}`),
    });
    readers.push(reader);
    return reader;
  }, complaints);

  const datagram = ({ atUs, source, destination, data }: IpPayload): void => {
    const length = data.length >= 8 ? data.readUInt16BE(4) : 0;
    if (length < 8 || length > data.length) {
      complaints.add('A UDP datagram is not to be read: cut short');
      return;
    }
    const payload = data.subarray(8, length);
    const [sourcePort, destinationPort] = [data.readUInt16BE(0), data.readUInt16BE(2)];
    const isDns = dnsPorts.has(sourcePort) || dnsPorts.has(destinationPort);
    const protocol = datagramProtocol(payload, isDns);
    if (protocol === undefined) {
      if (!isKeepAlive(payload)) {
        complaints.add(`UDP port ${sourcePort} to ${destinationPort}: not SIP, DNS or HEP`);
      }
      return;
    }
    const ends = {
      source: { address: source, port: sourcePort },
      destination: { address: destination, port: destinationPort },
    };
    found.add(protocol, 'udp', { atUs, ...ends, bytes: payload });
  };

  const again = seenTwice();
  let packets = 0;
  const packet = ({ atUs, linkType, data }: CapturedPacket): boolean => {
    if (packets >= maxPackets) {
      complaints.add(`The file has more than ${maxPackets} packets: those after them are not read`);
      return false;
    }
    packets += 1;
    const frame = ipOfFrame(linkType, data);
    if (frame.kind === 'other') {
      complaints.add(frame.reason);
      return true;
    }
    if (frame.direction !== undefined && again(atUs, frame.direction, frame.data)) {
      return true;
    }
    const payload = ip.read(atUs, frame.data);
    if (payload?.protocol === UDP) {
      datagram(payload);
    } else if (payload?.protocol === TCP) {
      tcp.segment(payload.atUs, payload.source, payload.destination, payload.data);
    } else if (payload !== undefined) {
      complaints.add(`IP protocol ${payload.protocol} is not read`);
    }
    return true;
  };

  readCaptureFile(bytes, { packet, name: (address, name) => names.set(address, name), complaints });
  ip.end();
  tcp.end();
  readers.forEach((reader) => reader.end());
  return { packets, ...found.result(), complaints: complaints.list() };
}

function datagramProtocol(payload: Buffer, isDns: boolean): StreamProtocol | undefined {
  if (isDns) {
    return payload.length >= 12 ? 'dns' : undefined;
  }
  if (sipStart(payload) === true) {
    return 'sip';
  }
  if (payload.length >= 4 && payload.readUInt32BE(0) === HEP_MAGIC) {
    return 'hep';
  }
  return isDiameter(payload) && payload.readUIntBE(1, 3) === payload.length ? 'diameter' : undefined;
}

/** RFC 5626 3.5.1 and what UAs send beside it: nothing to be read. */
function isKeepAlive(payload: Buffer): boolean {
  return payload.length <= 4 && payload.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}

interface Found {
  readonly atUs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly bytes: Buffer;
}

/** Gathers messages, those that HEP reports from both ends once. */
function collect(
  names: ReadonlyMap<string, string>,
  maxMessages: number,
  complain: (reason: string) => void,
) {
  const messages: CapturedMessage[] = [];
  const reported: MergedMessage[] = [];
  const decisions: Omit<DecisionRecord, 'id'>[] = [];
  const merge = merger(HEP_WINDOW_MS, MAX_HEP_WAITING);

  const isFull = (): boolean => {
    const full = messages.length + reported.length + decisions.length >= maxMessages;
    if (full) {
      complain(`There are more than ${maxMessages} messages: one after them is not read`);
    }
    return full;
  };
  const hep = ({ bytes, source }: Found): void => {
    const decoded = decodeHep(bytes);
    const report =
      decoded.kind === 'packet' ? reportOf(decoded.packet, `${source.address} ${source.port}`) : undefined;
    if (report === undefined) {
      complain(
        decoded.kind === 'malformed' ? decoded.reason : 'A HEP packet is of a protocol that is not read',
      );
    } else if (!('bytes' in report)) {
      decisions.push(report);
    } else {
      const { message, isNew } = merge.add(report, reported.length);
      if (isNew) {
        reported.push(message);
      }
    }
  };
  return {
    add(protocol: StreamProtocol, transport: 'udp' | 'tcp', message: Found): void {
      if (isFull()) {
        return;
      }
      if (protocol === 'hep') {
        hep(message);
      } else {
        const { atUs, source, destination } = message;
        const bytes = Buffer.from(message.bytes);
        messages.push({ kind: 'message', atUs, source, destination, protocol, transport, bytes });
      }
    },
    result(): Pick<PcapReading, 'messages' | 'decisions'> {
      const named = messages.map((message) => ({
        ...message,
        from: names.get(message.source.address),
        to: names.get(message.destination.address),
      }));
      const all: CapturedMessage[] = [...named, ...reported.map(ofHep)];
      return {
        messages: all.sort((a, b) => a.atUs - b.atUs), // A stable sort: equal times in the file's order.
        decisions: decisions.sort((a, b) => a.atUs - b.atUs),
      };
    },
  };
}

function ofHep({ atUs, source, destination, sender, receiver, report }: MergedMessage): CapturedMessage {
  const { protocol, transport, bytes } = report;
  return {
    kind: 'message',
    atUs,
    source,
    destination,
    from: sender,
    to: receiver,
    protocol,
    transport,
    bytes,
  };
}
