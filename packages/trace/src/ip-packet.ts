/** One end of a packet: 4 or 16 bytes, both ends alike, and a port. */
export interface PacketEnd {
  readonly address: Buffer;
  readonly port: number;
}

export interface TcpSegment {
  readonly from: PacketEnd;
  readonly to: PacketEnd;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** `TCP_FLAG`s. */
  readonly flags: number;
  /** RFC 9293 3.7.1, said in a SYN only. */
  readonly maxSegmentBytes?: number;
  readonly payload: Buffer;
}

export const TCP_FLAG = { syn: 0x02, push: 0x08, ack: 0x10 } as const;

const TCP = 6;
const UDP = 17;
const HOP_LIMIT = 64;
/** What one IPv6 packet can carry with UDP's 8 bytes, or one IPv4 packet with its own 20. */
export const MAX_DATAGRAM_BYTES = 65535 - 8 - 20;

/** An IP packet with a UDP datagram, checksums and all; `payload` is at most `MAX_DATAGRAM_BYTES`. */
export function udpPacket(from: PacketEnd, to: PacketEnd, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  const datagram = Buffer.concat([header, payload]);
  // RFC 768: a sum of zero is sent as all ones, for zero says that there is none.
  datagram.writeUInt16BE(transportChecksum(from, to, UDP, datagram) || 0xffff, 6);
  return ipPacket(from, to, UDP, datagram);
}

/** An IP packet with a TCP segment (RFC 9293 3.1). */
export function tcpPacket(segment: TcpSegment): Buffer {
  const { from, to, maxSegmentBytes, payload } = segment;
  const headerBytes = maxSegmentBytes === undefined ? 20 : 24;
  // Out of Node's pool: a zeroed buffer of its own was a tenth of a capture's time.
  const bytes = Buffer.allocUnsafe(headerBytes + payload.length).fill(0, 0, headerBytes);
  bytes.writeUInt16BE(from.port, 0);
  bytes.writeUInt16BE(to.port, 2);
  bytes.writeUInt32BE(segment.sequence >>> 0, 4);
  bytes.writeUInt32BE(segment.acknowledgement >>> 0, 8);
  bytes.writeUInt8((headerBytes / 4) << 4, 12);
  bytes.writeUInt8(segment.flags, 13);
  bytes.writeUInt16BE(65535, 14);
  if (maxSegmentBytes !== undefined) {
    bytes.writeUInt16BE(0x0204, 20); // Option 2, 4 bytes long.
    bytes.writeUInt16BE(maxSegmentBytes, 22);
  }
  payload.copy(bytes, headerBytes);
  bytes.writeUInt16BE(transportChecksum(from, to, TCP, bytes), 16);
  return ipPacket(from, to, TCP, bytes);
}

function ipPacket(from: PacketEnd, to: PacketEnd, protocol: number, payload: Buffer): Buffer {
  const header =
    from.address.length === 4 ? ipv4Header(payload.length, protocol) : ipv6Header(payload.length, protocol);
  const addresses = header.length - 2 * from.address.length;
  from.address.copy(header, addresses);
  to.address.copy(header, addresses + from.address.length);
  if (from.address.length === 4) {
    header.writeUInt16BE(foldChecksum(sumWords(header, 0)), 10);
  }
  return Buffer.concat([header, payload]);
}

function ipv4Header(payloadBytes: number, protocol: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payloadBytes, 2);
  header.writeUInt16BE(0x4000, 6); // Do not fragment: RFC 6864 then asks for no identification.
  header.writeUInt8(HOP_LIMIT, 8);
  header.writeUInt8(protocol, 9);
  return header;
}

function ipv6Header(payloadBytes: number, protocol: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payloadBytes, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(HOP_LIMIT, 7);
  return header;
}

/** RFC 1071 over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) and the bytes. */
function transportChecksum(from: PacketEnd, to: PacketEnd, protocol: number, bytes: Buffer): number {
  const addresses = sumWords(to.address, sumWords(from.address, 0));
  return foldChecksum(sumWords(bytes, addresses + protocol + bytes.length));
}

function sumWords(bytes: Buffer, initial: number): number {
  let sum = initial;
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) {
    sum += bytes.readUInt16BE(at);
  }
  return even === bytes.length ? sum : sum + ((bytes[even] ?? 0) << 8);
}

function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) {
    folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  }
  return ~folded & 0xffff;
}
