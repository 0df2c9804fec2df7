import { formatAddress } from '../address.js';
import type { PacketSink } from './pcap-file.js';

const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  simplePacket: 3,
  names: 4,
  statistics: 5,
  enhancedPacket: 6,
} as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = { end: 0, timeResolution: 9, timeOffset: 14 } as const;
const NAME = { end: 0, ipv4: 1, ipv6: 2 } as const;
const MAX_INTERFACES = 1000;
const MAX_NAMES = 10_000;

interface Interface {
  readonly linkType: number;
  readonly snapBytes: number;
  /** Units of a time in a second. */
  readonly unitsPerSecond: bigint;
  readonly offsetS: bigint;
}

interface Reader {
  readonly bytes: Buffer;
  readonly sink: PacketSink;
  /** The section's. */
  isLittle: boolean;
  interfaces: Interface[];
  names: number;
  lastUs: number;
}

/** The packets and names of a pcapng file. A section's byte order and interfaces are its own. */
export function readPcapngBlocks(bytes: Buffer, sink: PacketSink): void {
  const reader: Reader = { bytes, sink, isLittle: false, interfaces: [], names: 0, lastUs: 0 };
  let at = 0;
  while (at + 12 <= bytes.length) {
    const type = bytes.readUInt32BE(at) === BLOCK.section ? BLOCK.section : uint32(reader, at);
    if (type === BLOCK.section && !openSection(reader, at)) {
      sink.complaints.add(`The section at byte ${at} has no byte order: what follows is not read`);
      return;
    }
    const length = uint32(reader, at + 4);
    if (length < 12 || length % 4 !== 0 || at + length > bytes.length) {
      break;
    }
    if (!readBlock(reader, type, at + 8, at + length - 4)) {
      return;
    }
    at += length;
  }
  if (at < bytes.length) {
    sink.complaints.add(`The file ends within a block: ${bytes.length - at} bytes are not read`);
  }
}

function openSection(reader: Reader, at: number): boolean {
  const { bytes } = reader;
  reader.isLittle = bytes.readUInt32LE(at + 8) === BYTE_ORDER_MAGIC;
  reader.interfaces = [];
  return reader.isLittle || bytes.readUInt32BE(at + 8) === BYTE_ORDER_MAGIC;
}

/** One block's body; false where no more is wanted. */
function readBlock(reader: Reader, type: number, from: number, to: number): boolean {
  switch (type) {
    case BLOCK.section:
    case BLOCK.statistics:
      return true;
    case BLOCK.interface:
      readInterface(reader, from, to);
      return true;
    case BLOCK.names:
      readNames(reader, from, to);
      return true;
    case BLOCK.enhancedPacket:
      return enhancedPacket(reader, from, to);
    case BLOCK.simplePacket:
      return simplePacket(reader, from, to);
    default:
      reader.sink.complaints.add(`A block of type ${type} is not read`);
      return true;
  }
}

function readInterface(reader: Reader, from: number, to: number): void {
  if (from + 8 > to || reader.interfaces.length >= MAX_INTERFACES) {
    reader.sink.complaints.add('An interface is not read: too short, or too many of them');
    return;
  }
  let unitsPerSecond = 1_000_000n;
  let offsetS = 0n;
  for (let at = from + 8; at + 4 <= to;) {
    const code = uint16(reader, at);
    const length = uint16(reader, at + 2);
    if (code === OPTION.end || at + 4 + length > to) {
      break;
    }
    const first = reader.bytes[at + 4] ?? 0;
    if (code === OPTION.timeResolution && length === 1) {
      unitsPerSecond = (first & 0x80) === 0 ? 10n ** BigInt(first) : 2n ** BigInt(first & 0x7f);
    } else if (code === OPTION.timeOffset && length === 8) {
      offsetS = reader.isLittle ? reader.bytes.readBigInt64LE(at + 4) : reader.bytes.readBigInt64BE(at + 4);
    }
    at += 4 + ((length + 3) & ~3);
  }
  const snapBytes = uint32(reader, from + 4);
  reader.interfaces.push({ linkType: uint16(reader, from), snapBytes, unitsPerSecond, offsetS });
}

function enhancedPacket(reader: Reader, from: number, to: number): boolean {
  const { bytes, sink } = reader;
  const captured = from + 20 <= to ? uint32(reader, from + 12) : Infinity;
  const on = from + 4 <= to ? reader.interfaces[uint32(reader, from)] : undefined;
  if (from + 20 + captured > to || on === undefined) {
    sink.complaints.add('A packet is not read: it does not fit its block, or its interface is not described');
    return true;
  }
  const units = (BigInt(uint32(reader, from + 4)) << 32n) | BigInt(uint32(reader, from + 8));
  const atUs = microseconds(units, on);
  reader.lastUs = atUs;
  return sink.packet({
    atUs,
    linkType: on.linkType,
    data: bytes.subarray(from + 20, from + 20 + captured),
  });
}

/** No time stands in it: it is given the one of the packet before. */
function simplePacket(reader: Reader, from: number, to: number): boolean {
  const { bytes, sink, lastUs } = reader;
  const [on] = reader.interfaces;
  if (from + 4 > to || on === undefined) {
    sink.complaints.add('A packet is not read: it does not fit its block, or its interface is not described');
    return true;
  }
  const original = uint32(reader, from);
  const captured = Math.min(original, on.snapBytes === 0 ? original : on.snapBytes, to - from - 4);
  sink.complaints.add('A packet has no time (a Simple Packet Block): it has that of the packet before');
  return sink.packet({
    atUs: lastUs,
    linkType: on.linkType,
    data: bytes.subarray(from + 4, from + 4 + captured),
  });
}

function microseconds(units: bigint, { unitsPerSecond, offsetS }: Interface): number {
  const us =
    unitsPerSecond === 1_000_000n ? Number(units) : Number((units * 1_000_000n) / (unitsPerSecond || 1n));
  return us + Number(offsetS) * 1e6;
}

function readNames(reader: Reader, from: number, to: number): void {
  const { bytes, sink } = reader;
  for (let at = from; at + 4 <= to;) {
    const type = uint16(reader, at);
    const length = uint16(reader, at + 2);
    const addressBytes = type === NAME.ipv4 ? 4 : 16;
    if (type === NAME.end || at + 4 + length > to) {
      return;
    }
    if ((type === NAME.ipv4 || type === NAME.ipv6) && length > addressBytes && reader.names < MAX_NAMES) {
      reader.names += 1;
      const text = bytes.toString('utf8', at + 4 + addressBytes, at + 4 + length);
      const [name = ''] = text.split('\0', 1);
      sink.name(formatAddress(bytes.subarray(at + 4, at + 4 + addressBytes)), name);
    }
    at += 4 + ((length + 3) & ~3);
  }
}

function uint16({ bytes, isLittle }: Reader, at: number): number {
  return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

function uint32({ bytes, isLittle }: Reader, at: number): number {
  return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
