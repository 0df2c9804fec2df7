/** The blocks of a pcapng file (draft-ietf-opsawg-pcapng), big-endian: Wireshark reads either order. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Packets begin with an IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;
const MAX_OPTION_BYTES = 65535;

const OPTION = { end: 0, comment: 1, interfaceName: 2, userApplication: 4, timeResolution: 9 } as const;
const NAME_RECORD = { end: 0, ipv4: 1, ipv6: 2 } as const;

/** Section Header Block (4.1), its length not said. */
export function sectionHeader(application: string): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32BE(BYTE_ORDER_MAGIC, 0);
  body.writeUInt16BE(1, 4);
  body.writeBigInt64BE(-1n, 8);
  return block(SECTION_HEADER, body, options([[OPTION.userApplication, Buffer.from(application)]]));
}

/** Interface Description Block (4.2): bare IP packets, times in microseconds, no limit to a packet's length. */
export function interfaceDescription(name: string): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16BE(LINKTYPE_RAW, 0);
  const microseconds = Buffer.of(6);
  return block(
    INTERFACE_DESCRIPTION,
    body,
    options([
      [OPTION.interfaceName, Buffer.from(name)],
      [OPTION.timeResolution, microseconds],
    ]),
  );
}

/** Name Resolution Block (4.5): names for addresses of 4 or 16 bytes. */
export function nameResolution(names: Iterable<readonly [address: Buffer, name: string]>): Buffer {
  const records: Buffer[] = [];
  for (const [address, name] of names) {
    const value = Buffer.concat([address, Buffer.from(name), Buffer.of(0)]);
    records.push(typeLengthValue(address.length === 4 ? NAME_RECORD.ipv4 : NAME_RECORD.ipv6, value));
  }
  records.push(Buffer.alloc(4));
  return block(NAME_RESOLUTION, ...records);
}

/** Enhanced Packet Block (4.3) with its comments. */
export function enhancedPacket(atUs: number, packet: Buffer, comments: readonly string[]): Buffer {
  const body = Buffer.alloc(20);
  body.writeUInt32BE(Math.floor(atUs / 2 ** 32), 4);
  body.writeUInt32BE(atUs % 2 ** 32, 8);
  body.writeUInt32BE(packet.length, 12);
  body.writeUInt32BE(packet.length, 16);
  const texts = comments.map(
    (text) => [OPTION.comment, Buffer.from(text).subarray(0, MAX_OPTION_BYTES)] as const,
  );
  return block(ENHANCED_PACKET, body, padded(packet), options(texts));
}

function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(type, 0);
  head.writeUInt32BE(length, 4);
  return Buffer.concat([head, ...parts, head.subarray(4)]);
}

function options(values: readonly (readonly [code: number, value: Buffer])[]): Buffer {
  if (values.length === 0) {
    return Buffer.alloc(0);
  }
  return Buffer.concat([...values.map(([code, value]) => typeLengthValue(code, value)), Buffer.alloc(4)]);
}

function typeLengthValue(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

/** Everything in pcapng stands on 32 bits. */
function padded(value: Buffer): Buffer {
  const rest = value.length % 4;
  return rest === 0 ? value : Buffer.concat([value, Buffer.alloc(4 - rest)]);
}
