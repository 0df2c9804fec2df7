/** Capture files and link layers made by hand, for what our own writer does not make. */

export interface Framed {
  readonly atNs: bigint;
  readonly data: Buffer;
}

export interface FileKind {
  readonly isLittle: boolean;
  readonly linkType: number;
}

function numbers(isLittle: boolean) {
  return {
    u16(value: number): Buffer {
      const bytes = Buffer.alloc(2);
      if (isLittle) bytes.writeUInt16LE(value);
      else bytes.writeUInt16BE(value);
      return bytes;
    },
    u32(value: number): Buffer {
      const bytes = Buffer.alloc(4);
      if (isLittle) bytes.writeUInt32LE(value);
      else bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

/** A pcap file, its times in micro- or nanoseconds. */
export function pcapFile(packets: readonly Framed[], kind: FileKind & { readonly isNano: boolean }): Buffer {
  const { u16, u32 } = numbers(kind.isLittle);
  const magic = kind.isNano ? 0xa1b23c4d : 0xa1b2c3d4;
  const parts = [u32(magic), u16(2), u16(4), u32(0), u32(0), u32(65535), u32(kind.linkType)];
  for (const { atNs, data } of packets) {
    const fraction = Number(atNs % 1_000_000_000n);
    parts.push(u32(Number(atNs / 1_000_000_000n)), u32(kind.isNano ? fraction : Math.floor(fraction / 1000)));
    parts.push(u32(data.length), u32(data.length), data);
  }
  return Buffer.concat(parts);
}

/** A pcapng file of one interface, its times in nanoseconds (`if_tsresol` 9); `isSimple`: Simple Packet Blocks. */
export function pcapngFile(
  packets: readonly Framed[],
  kind: FileKind & { readonly isSimple?: boolean },
): Buffer {
  const { u16, u32 } = numbers(kind.isLittle);
  const block = (type: number, ...body: Buffer[]): Buffer => {
    const content = Buffer.concat(body);
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    return Buffer.concat([u32(type), u32(padded.length + 12), padded, u32(padded.length + 12)]);
  };
  const noLength = Buffer.alloc(8, 0xff);
  /** if_name and if_description before it: an option of 4 bytes has no padding, one of 3 has a byte. */
  const before = [u16(2), u16(4), Buffer.from('eth0'), u16(3), u16(3), Buffer.from('lan\0')];
  const resolution = Buffer.concat([u16(9), u16(1), Buffer.of(9, 0, 0, 0), u16(0), u16(0)]);
  return Buffer.concat([
    block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), noLength),
    block(1, u16(kind.linkType), u16(0), u32(0), ...before, resolution),
    block(5, u32(0), u32(0), u32(0)),
    block(0x0bad, Buffer.from('some vendor')),
    ...packets.map(({ atNs, data }) =>
      kind.isSimple === true
        ? block(3, u32(data.length), data)
        : block(
            6,
            ...[u32(0), u32(Number(atNs >> 32n)), u32(Number(atNs & 0xffffffffn))],
            ...[u32(data.length), u32(data.length), data],
          ),
    ),
  ]);
}

/** A section of interfaces of different links, little-endian, microseconds: each packet at the interface of its place. */
export function interfacesFile(packets: readonly (Framed & { readonly linkType: number })[]): Buffer {
  const { u16, u32 } = numbers(true);
  const block = (type: number, ...body: Buffer[]): Buffer => {
    const content = Buffer.concat(body);
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    return Buffer.concat([u32(type), u32(padded.length + 12), padded, u32(padded.length + 12)]);
  };
  const packet = ({ atNs, data }: Framed, index: number): Buffer => {
    const atUs = atNs / 1000n;
    const time = [u32(Number(atUs >> 32n)), u32(Number(atUs & 0xffffffffn))];
    return block(6, u32(index), ...time, u32(data.length), u32(data.length), data);
  };
  return Buffer.concat([
    block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), Buffer.alloc(8, 0xff)),
    ...packets.map(({ linkType }) => block(1, u16(linkType), u16(0), u32(0))),
    ...packets.map(packet),
  ]);
}

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;

function ethertype(packet: Buffer): Buffer {
  const value = (packet[0] ?? 0) >> 4 === 4 ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6;
  return Buffer.of(value >> 8, value & 0xff);
}

/** An IP packet as each link type frames it. */
export const LINKS: Readonly<
  Record<string, { readonly type: number; readonly frame: (packet: Buffer) => Buffer }>
> = {
  raw: { type: 101, frame: (packet) => packet },
  // Short frames are padded: what is behind the IP packet is not its.
  ethernet: {
    type: 1,
    frame: (packet) => Buffer.concat([Buffer.alloc(12), ethertype(packet), packet, Buffer.alloc(8)]),
  },
  vlan: {
    type: 1,
    frame: (packet) => Buffer.concat([Buffer.alloc(12), Buffer.of(0x81, 0, 0, 7), ethertype(packet), packet]),
  },
  'two vlans': {
    type: 1,
    frame: (packet) =>
      Buffer.concat([
        Buffer.alloc(12),
        Buffer.of(0x88, 0xa8, 0, 7, 0x81, 0, 0, 9),
        ethertype(packet),
        packet,
      ]),
  },
  loopback: { type: 0, frame: (packet) => Buffer.concat([Buffer.of(2, 0, 0, 0), packet]) },
  'openbsd loopback': { type: 108, frame: (packet) => Buffer.concat([Buffer.of(0, 0, 0, 2), packet]) },
  'linux cooked': {
    type: 113,
    frame: (packet) => Buffer.concat([Buffer.alloc(14), ethertype(packet), packet]),
  },
  'linux cooked 2': {
    type: 276,
    frame: (packet) => Buffer.concat([ethertype(packet), Buffer.alloc(18), packet]),
  },
};

/** An IPv4 packet in fragments of at most `bytes` of payload, a multiple of 8. */
export function fragmented(packet: Buffer, bytes: number): Buffer[] {
  const header = packet.subarray(0, 20);
  const payload = packet.subarray(20);
  const fragments: Buffer[] = [];
  for (let at = 0; at < payload.length; at += bytes) {
    const part = payload.subarray(at, at + bytes);
    const own = Buffer.from(header);
    own.writeUInt16BE(20 + part.length, 2);
    own.writeUInt16BE(4711, 4);
    own.writeUInt16BE((at + bytes < payload.length ? 0x2000 : 0) | (at / 8), 6);
    fragments.push(Buffer.concat([own, part]));
  }
  return fragments;
}

/** The same of an IPv6 packet, with the fragment header of RFC 8200 4.5. */
export function fragmentedIpv6(packet: Buffer, bytes: number): Buffer[] {
  const payload = packet.subarray(40);
  const fragments: Buffer[] = [];
  for (let at = 0; at < payload.length; at += bytes) {
    const part = payload.subarray(at, at + bytes);
    const header = Buffer.from(packet.subarray(0, 40));
    header.writeUInt16BE(8 + part.length, 4);
    header.writeUInt8(44, 6);
    const fragment = Buffer.alloc(8);
    fragment.writeUInt8(packet[6] ?? 0, 0);
    fragment.writeUInt16BE(at | (at + bytes < payload.length ? 1 : 0), 2);
    fragment.writeUInt32BE(4711, 4);
    fragments.push(Buffer.concat([header, fragment, part]));
  }
  return fragments;
}
