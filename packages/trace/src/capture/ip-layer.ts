import { formatAddress } from '../address.js';
import type { Complaints } from './complaints.js';
import { fragments } from './fragments.js';
import type { IpPayload } from './packet.js';

/** IPv6 extension headers that are stepped over: hop-by-hop, routing, destination options, and AH with its own unit of length. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const AUTHENTICATION_HEADER = 51;
const FRAGMENT_HEADER = 44;
const NO_NEXT_HEADER = 59;
const MAX_EXTENSIONS = 8;

export interface IpLayer {
  /** What the packet carries; undefined where it is part of a datagram that is not whole yet, or not to be read. */
  read(atUs: number, packet: Buffer): IpPayload | undefined;
  /** Says which datagrams never became whole. */
  end(): void;
}

/** IPv4 (RFC 791) and IPv6 (RFC 8200) with their fragments put together. Checksums are not looked at: a network card writes them. */
export function ipLayer(complaints: Complaints): IpLayer {
  const assembly = fragments(complaints);
  return {
    read(atUs, packet) {
      const version = (packet[0] ?? 0) >> 4;
      const read = version === 4 ? readIpv4(packet) : version === 6 ? readIpv6(packet) : undefined;
      if (read === undefined) {
        complaints.add('An IP packet is not to be read: cut short, or of another version');
        return undefined;
      }
      const { source, destination, protocol, data, fragment } = read;
      if (read.isCut) {
        complaints.add('A packet was captured in part only: its end is missing');
      }
      if (fragment === undefined) {
        return { atUs, source, destination, protocol, data };
      }
      const key = `${source} ${destination} ${fragment.id} ${version === 4 ? protocol : ''}`;
      const whole = assembly.add(key, { ...fragment, protocol, data });
      return whole && { atUs, source, destination, protocol: whole.protocol, data: whole.data };
    },
    end: () => assembly.end(),
  };
}

interface IpRead {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly data: Buffer;
  readonly isCut: boolean;
  readonly fragment?: { readonly id: number; readonly offset: number; readonly isLast: boolean };
}

function readIpv4(packet: Buffer): IpRead | undefined {
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  if (headerBytes < 20 || packet.length < headerBytes) {
    return undefined;
  }
  // 0: captured before the network card cut it into segments.
  const length = packet.readUInt16BE(2) || packet.length;
  if (length < headerBytes) {
    return undefined;
  }
  const flags = packet.readUInt16BE(6);
  const offset = (flags & 0x1fff) * 8;
  const isLast = (flags & 0x2000) === 0;
  const isCut = packet.length < length;
  return {
    source: formatAddress(packet.subarray(12, 16)),
    destination: formatAddress(packet.subarray(16, 20)),
    protocol: packet[9] ?? 0,
    data: packet.subarray(headerBytes, length),
    isCut,
    ...(offset === 0 && isLast ? {} : { fragment: { id: packet.readUInt16BE(4), offset, isLast } }),
  };
}

function readIpv6(packet: Buffer): IpRead | undefined {
  if (packet.length < 40) {
    return undefined;
  }
  const length = packet.readUInt16BE(4);
  const end = length === 0 ? packet.length : 40 + length;
  const isCut = packet.length < end;
  const ends = {
    source: formatAddress(packet.subarray(8, 24)),
    destination: formatAddress(packet.subarray(24, 40)),
    isCut,
  };
  let protocol = packet[6] ?? NO_NEXT_HEADER;
  let at = 40;
  for (let extensions = 0; extensions < MAX_EXTENSIONS && at + 8 <= packet.length; extensions += 1) {
    const next = packet[at] ?? NO_NEXT_HEADER;
    if (protocol === FRAGMENT_HEADER) {
      const field = packet.readUInt16BE(at + 2);
      const fragment = {
        id: packet.readUInt32BE(at + 4),
        offset: field & 0xfff8,
        isLast: (field & 1) === 0,
      };
      return { ...ends, protocol: next, data: packet.subarray(at + 8, end), fragment };
    }
    if (!EXTENSIONS.has(protocol) && protocol !== AUTHENTICATION_HEADER) {
      break;
    }
    const units = packet[at + 1] ?? 0;
    at += protocol === AUTHENTICATION_HEADER ? (units + 2) * 4 : (units + 1) * 8;
    protocol = next;
  }
  return { ...ends, protocol, data: packet.subarray(at, end) };
}
