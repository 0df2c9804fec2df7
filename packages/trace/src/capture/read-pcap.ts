import { HEP_MAGIC } from '../hep.js';
import type { DecisionRecord } from '../record.js';
import { capturedMessages, type CapturedMessage, type CapturedMessages } from './captured-messages.js';
import { complaints as newComplaints, type Complaints } from './complaints.js';
import { ipLayer } from './ip-layer.js';
import { ipOfFrame } from './link-layer.js';
import type { CapturedPacket, IpPayload } from './packet.js';
import { readCaptureFile } from './pcap-file.js';
import { sipStart } from './recognize.js';
import { seenTwice } from './seen-twice.js';
import { isDiameter, streamReader, type StreamProtocol, type StreamReader } from './stream-messages.js';
import { tcpReassembly } from './tcp-reassembly.js';

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

/**
 * The SIP, Diameter, DNS and HEP messages of a capture (pcap or pcapng, Ethernet, Linux cooked, raw IP or loopback): SIP and
 * Diameter by what they look like at whatever port, DNS at port 53 and those asked for. Bytes may be anything: never throws.
 */
export function readPcap(bytes: Buffer, options: PcapOptions = {}): PcapReading {
  const { maxPackets = 5_000_000, maxMessages = 200_000 } = options;
  const dnsPorts = new Set([DNS_PORT, ...(options.dnsPorts ?? [])]);
  const complaints = newComplaints();
  const names = new Map<string, string>();
  const found = capturedMessages(names, maxMessages, (reason) => complaints.add(reason));
  const layers = transportLayers(dnsPorts, found, complaints);

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
    } else if (frame.direction === undefined || !again(atUs, frame.direction, frame.data)) {
      layers.packet(atUs, frame.data);
    }
    return true;
  };

  readCaptureFile(bytes, { packet, name: (address, name) => names.set(address, name), complaints });
  layers.end();
  return { packets, ...found.result(), complaints: complaints.list() };
}

/** From IP packets to messages; `end` says of what has not come whole. */
function transportLayers(
  dnsPorts: ReadonlySet<number>,
  found: CapturedMessages,
  complaints: Complaints,
): { packet(atUs: number, data: Buffer): void; end(): void } {
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

  return {
    packet(atUs, data) {
      const payload = ip.read(atUs, data);
      if (payload?.protocol === UDP) {
        readDatagram(payload, dnsPorts, found, complaints);
      } else if (payload?.protocol === TCP) {
        tcp.segment(payload.atUs, payload.source, payload.destination, payload.data);
      } else if (payload !== undefined) {
        complaints.add(`IP protocol ${payload.protocol} is not read`);
      }
    },
    end() {
      ip.end();
      tcp.end();
      readers.forEach((reader) => reader.end());
    },
  };
}

function readDatagram(
  { atUs, source, destination, data }: IpPayload,
  dnsPorts: ReadonlySet<number>,
  found: CapturedMessages,
  complaints: Complaints,
): void {
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
