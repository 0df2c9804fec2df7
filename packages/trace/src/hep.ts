import type { Endpoint, TraceProtocol } from '@ims-sim/host';
import { addressBytes, formatAddress } from './address.js';

/**
 * HEP v3 (HOMER Encapsulation Protocol, "HEP3 Network Protocol Specification"): `HEP3`, the total length (16 bits), then
 * chunks of vendor (16 bits), type (16 bits), length with its own 6 bytes (16 bits) and value.
 */
export interface HepPacket {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** IP protocol number: 6 TCP, 17 UDP. */
  readonly ipProtocol: number;
  /** Microseconds since the epoch. */
  readonly atUs: number;
  /** What the payload is: one of `HEP_TYPE`, or any other number of the registry. */
  readonly type: number;
  readonly payload: Uint8Array;
  /** The capture node's name: here the host name of the element that reports. */
  readonly node?: string | undefined;
  /** The Call-ID that a record belongs to, where it is not in the payload itself. */
  readonly correlationId?: string | undefined;
  readonly agentId?: number | undefined;
  readonly authKey?: string | undefined;
  /** Which end of the message the capture node is. No generic chunk says it, so it is a vendor chunk that others skip. */
  readonly direction?: 'sent' | 'received' | undefined;
}

export type HepDecoded =
  | { readonly kind: 'packet'; readonly packet: HepPacket }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The length field has 16 bits. */
export const MAX_HEP_BYTES = 65535;
export const HEP_HEADER_BYTES = 6;
export const HEP_MAGIC = 0x48455033;

/**
 * Protocol types (chunk 11). The payload of `dns` and `diameter` is the message itself, as for `sip`. The registry has none for
 * HTTP: the first number behind its own is ours.
 */
export const HEP_TYPE = { sip: 1, dns: 53, diameter: 56, log: 100, http: 101 } as const;

const CHUNK = {
  ipFamily: 1,
  ipProtocol: 2,
  ipv4Source: 3,
  ipv4Destination: 4,
  ipv6Source: 5,
  ipv6Destination: 6,
  sourcePort: 7,
  destinationPort: 8,
  seconds: 9,
  microseconds: 10,
  type: 11,
  agentId: 12,
  authKey: 14,
  payload: 15,
  correlationId: 17,
  nodeName: 19,
} as const;
const GENERIC = 0;
/** Vendor and type of our own chunk; the type is one that no generic chunk has, for collectors that look at nothing else. */
const IMS_SIM = 0x494d;
const DIRECTION = 0x0101;

const FAMILY_IPV4 = 2; // AF_INET and AF_INET6 of Linux, as the specification has them
const FAMILY_IPV6 = 10;
const CHUNK_HEADER_BYTES = 6;
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');
const UNKNOWN_ADDRESS = Buffer.alloc(4);

/** The message's protocol by its HEP type; undefined for a log record and for what is not ours. */
export function protocolOfHepType(type: number): TraceProtocol | undefined {
  switch (type) {
    case HEP_TYPE.sip:
      return 'sip';
    case HEP_TYPE.diameter:
      return 'diameter';
    case HEP_TYPE.dns:
      return 'dns';
    case HEP_TYPE.http:
      return 'http';
    default:
      return undefined;
  }
}

/** The packet in bytes, or undefined where it does not fit into HEP's 65,535. An address that is none is written as 0.0.0.0. */
export function encodeHep(packet: HepPacket): Buffer | undefined {
  let source = addressBytes(packet.source.address) ?? UNKNOWN_ADDRESS;
  let destination = addressBytes(packet.destination.address) ?? UNKNOWN_ADDRESS;
  if (source.length !== destination.length) {
    source = mapped(source);
    destination = mapped(destination);
  }
  const ipv6 = source.length === 16;
  const node = optionalText(packet.node);
  const correlationId = optionalText(packet.correlationId);
  const authKey = optionalText(packet.authKey);
  // 1, 2, 3/5, 4/6, 7, 8, 9, 10, 11 and 15 are always there.
  let length = HEP_HEADER_BYTES + 10 * CHUNK_HEADER_BYTES + 15 + 2 * source.length + packet.payload.length;
  length += optionalBytes(node) + optionalBytes(correlationId) + optionalBytes(authKey);
  length += packet.agentId === undefined ? 0 : CHUNK_HEADER_BYTES + 4;
  length += packet.direction === undefined ? 0 : CHUNK_HEADER_BYTES + 1;
  if (length > MAX_HEP_BYTES) {
    return undefined;
  }
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(HEP_MAGIC, 0);
  bytes.writeUInt16BE(length, 4);
  const seconds = Math.floor(packet.atUs / 1e6);
  let at = HEP_HEADER_BYTES;
  at = putUint8(bytes, at, GENERIC, CHUNK.ipFamily, ipv6 ? FAMILY_IPV6 : FAMILY_IPV4);
  at = putUint8(bytes, at, GENERIC, CHUNK.ipProtocol, packet.ipProtocol);
  at = putBytes(bytes, at, ipv6 ? CHUNK.ipv6Source : CHUNK.ipv4Source, source);
  at = putBytes(bytes, at, ipv6 ? CHUNK.ipv6Destination : CHUNK.ipv4Destination, destination);
  at = putUint16(bytes, at, CHUNK.sourcePort, packet.source.port);
  at = putUint16(bytes, at, CHUNK.destinationPort, packet.destination.port);
  at = putUint32(bytes, at, CHUNK.seconds, seconds);
  at = putUint32(bytes, at, CHUNK.microseconds, Math.floor(packet.atUs - seconds * 1e6));
  at = putUint8(bytes, at, GENERIC, CHUNK.type, packet.type);
  if (packet.agentId !== undefined) at = putUint32(bytes, at, CHUNK.agentId, packet.agentId);
  if (authKey !== undefined) at = putBytes(bytes, at, CHUNK.authKey, authKey);
  if (correlationId !== undefined) at = putBytes(bytes, at, CHUNK.correlationId, correlationId);
  if (node !== undefined) at = putBytes(bytes, at, CHUNK.nodeName, node);
  if (packet.direction !== undefined) {
    at = putUint8(bytes, at, IMS_SIM, DIRECTION, packet.direction === 'sent' ? 1 : 2);
  }
  putBytes(bytes, at, CHUNK.payload, packet.payload);
  return bytes;
}

/** What a HEP packet says; `payload` is a view of `bytes`. Chunks that are not known are skipped; never throws. */
export function decodeHep(bytes: Buffer): HepDecoded {
  if (bytes.length < HEP_HEADER_BYTES || bytes.readUInt32BE(0) !== HEP_MAGIC) {
    return malformed('does not begin with HEP3');
  }
  const length = bytes.readUInt16BE(4);
  if (length < HEP_HEADER_BYTES || length > bytes.length) {
    return malformed(`says ${length} bytes and has ${bytes.length}`);
  }
  const chunks = new Map<number, Buffer>();
  let direction: HepPacket['direction'];
  for (let at = HEP_HEADER_BYTES; at < length;) {
    const chunkLength = at + CHUNK_HEADER_BYTES <= length ? bytes.readUInt16BE(at + 4) : 0;
    if (chunkLength < CHUNK_HEADER_BYTES || at + chunkLength > length) {
      return malformed(`the chunk at ${at} does not fit`);
    }
    const vendor = bytes.readUInt16BE(at);
    const type = bytes.readUInt16BE(at + 2);
    const value = bytes.subarray(at + CHUNK_HEADER_BYTES, at + chunkLength);
    if (vendor === GENERIC) {
      chunks.set(type, value);
    } else if (vendor === IMS_SIM && type === DIRECTION && value.length === 1) {
      direction = value[0] === 1 ? 'sent' : value[0] === 2 ? 'received' : undefined;
    }
    at += chunkLength;
  }
  return fromChunks(chunks, direction);
}

function fromChunks(chunks: ReadonlyMap<number, Buffer>, direction: HepPacket['direction']): HepDecoded {
  const source = address(chunks, CHUNK.ipv4Source, CHUNK.ipv6Source);
  const destination = address(chunks, CHUNK.ipv4Destination, CHUNK.ipv6Destination);
  const type = unsigned(chunks, CHUNK.type, 1);
  const seconds = unsigned(chunks, CHUNK.seconds, 4);
  const payload = chunks.get(CHUNK.payload);
  if (source === undefined || destination === undefined)
    return malformed('has no source or destination address');
  if (type === undefined) return malformed('has no protocol type');
  if (seconds === undefined) return malformed('has no time');
  if (payload === undefined) return malformed('has no payload');
  return {
    kind: 'packet',
    packet: {
      source: { address: source, port: unsigned(chunks, CHUNK.sourcePort, 2) ?? 0 },
      destination: { address: destination, port: unsigned(chunks, CHUNK.destinationPort, 2) ?? 0 },
      ipProtocol: unsigned(chunks, CHUNK.ipProtocol, 1) ?? 17,
      atUs: seconds * 1e6 + (unsigned(chunks, CHUNK.microseconds, 4) ?? 0),
      type,
      payload,
      node: chunks.get(CHUNK.nodeName)?.toString('utf8'),
      correlationId: chunks.get(CHUNK.correlationId)?.toString('utf8'),
      agentId: unsigned(chunks, CHUNK.agentId, 4),
      authKey: chunks.get(CHUNK.authKey)?.toString('utf8'),
      direction,
    },
  };
}

function malformed(reason: string): HepDecoded {
  return { kind: 'malformed', reason: `HEP packet ${reason}` };
}

function address(chunks: ReadonlyMap<number, Buffer>, ipv4: number, ipv6: number): string | undefined {
  const four = chunks.get(ipv4);
  const bytes = four?.length === 4 ? four : chunks.get(ipv6);
  return bytes?.length === 4 || bytes?.length === 16 ? formatAddress(bytes) : undefined;
}

/** An unsigned number of exactly `size` bytes. */
function unsigned(chunks: ReadonlyMap<number, Buffer>, type: number, size: number): number | undefined {
  const value = chunks.get(type);
  return value?.length === size ? value.readUIntBE(0, size) : undefined;
}

function mapped(bytes: Buffer): Buffer {
  return bytes.length === 16 ? bytes : Buffer.concat([MAPPED_PREFIX, bytes]);
}

function optionalText(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf8');
}

function optionalBytes(value: Buffer | undefined): number {
  return value === undefined ? 0 : CHUNK_HEADER_BYTES + value.length;
}

function putHeader(bytes: Buffer, at: number, vendor: number, type: number, valueLength: number): number {
  bytes.writeUInt16BE(vendor, at);
  bytes.writeUInt16BE(type, at + 2);
  bytes.writeUInt16BE(CHUNK_HEADER_BYTES + valueLength, at + 4);
  return at + CHUNK_HEADER_BYTES;
}

function putUint8(bytes: Buffer, at: number, vendor: number, type: number, value: number): number {
  return bytes.writeUInt8(value & 0xff, putHeader(bytes, at, vendor, type, 1));
}

function putUint16(bytes: Buffer, at: number, type: number, value: number): number {
  return bytes.writeUInt16BE(value & 0xffff, putHeader(bytes, at, GENERIC, type, 2));
}

function putUint32(bytes: Buffer, at: number, type: number, value: number): number {
  return bytes.writeUInt32BE(value >>> 0, putHeader(bytes, at, GENERIC, type, 4));
}

function putBytes(bytes: Buffer, at: number, type: number, value: Uint8Array): number {
  const start = putHeader(bytes, at, GENERIC, type, value.length);
  bytes.set(value, start);
  return start + value.length;
}
