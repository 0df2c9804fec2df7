/** The IP packet within a frame of one of the link types that are read, or why there is none. */

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** IEEE 802.1Q, 802.1ad and what came before it. */
const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const MAX_VLAN_TAGS = 4;

/** LINKTYPE_ numbers of the tcpdump group's list. */
const LINK = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

/** `data` is the IP packet and what may pad it; `direction`, where the link tells: sent by this machine, or come to it. */
export type LinkPayload =
  | { readonly kind: 'ip'; readonly data: Buffer; readonly direction?: number }
  | { readonly kind: 'other'; readonly reason: string };

/** `linkType` is a LINKTYPE_ number, `frame` may be anything: never throws. Up to 4 VLAN tags are gone past. */
export function ipOfFrame(linkType: number, frame: Buffer): LinkPayload {
  switch (linkType) {
    case LINK.ethernet:
      return ofEthertype(frame, 12);
    case LINK.raw:
    case LINK.rawBsd:
    case LINK.rawOpenBsd:
    case LINK.ipv4:
    case LINK.ipv6:
      return { kind: 'ip', data: frame };
    case LINK.null:
    case LINK.loop:
      // The family is in the byte order of who captured, and its number for IPv6 differs: the IP version says it too.
      return frame.length > 4 ? { kind: 'ip', data: frame.subarray(4) } : other('A packet is too short');
    case LINK.linuxCooked:
      return directed(ofEthertype(frame, 14), frame.length >= 2 ? frame.readUInt16BE(0) : 0);
    case LINK.linuxCooked2:
      return directed(cooked2(frame), frame[10] ?? 0);
    default:
      return other(`Packets of link type ${linkType} are not read`);
  }
}

/** The packet behind an EtherType at `at` and any VLAN tags. */
function ofEthertype(frame: Buffer, at: number): LinkPayload {
  for (let tags = 0; tags <= MAX_VLAN_TAGS && at + 2 <= frame.length; tags += 1) {
    const type = frame.readUInt16BE(at);
    if (type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6) {
      return { kind: 'ip', data: frame.subarray(at + 2) };
    }
    if (!VLAN_TYPES.has(type)) {
      return other(`A packet of EtherType 0x${type.toString(16).padStart(4, '0')} is not IP`);
    }
    at += 4;
  }
  return other('A packet is too short');
}

/** The protocol stands first, the packet behind 20 bytes. */
function cooked2(frame: Buffer): LinkPayload {
  if (frame.length < 20) {
    return other('A packet is too short');
  }
  const type = frame.readUInt16BE(0);
  return type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6
    ? { kind: 'ip', data: frame.subarray(20) }
    : other(`A packet of EtherType 0x${type.toString(16).padStart(4, '0')} is not IP`);
}

function directed(payload: LinkPayload, direction: number): LinkPayload {
  return payload.kind === 'ip' ? { ...payload, direction } : payload;
}

function other(reason: string): LinkPayload {
  return { kind: 'other', reason };
}
