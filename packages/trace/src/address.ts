import { isIPv4, isIPv6 } from 'node:net';

/** The prefix under which an IPv4 address stands in an IPv6 packet (RFC 6052 2.1, the well-known prefix). */
const NAT64_PREFIX = Buffer.from('0064ff9b0000000000000000', 'hex');
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');
/** A function of the literal, so collectors share it. */
const CACHE_LIMIT = 4096;
const cache = new Map<string, Buffer>();
/** Each message is reported with two addresses, twice, of the few that a network has. */
const canonicals = new Map<string, string>();

/** An IP address literal as 4 or 16 bytes, or undefined where it is none. A zone (`%eth0`) is left out. Not to be written to. */
export function addressBytes(address: string): Buffer | undefined {
  const known = cache.get(address);
  if (known !== undefined) {
    return known;
  }
  const bytes = parseAddress(address);
  if (bytes !== undefined) {
    if (cache.size >= CACHE_LIMIT) {
      cache.clear();
    }
    cache.set(address, bytes);
  }
  return bytes;
}

/** 4 or 16 bytes as an address literal, IPv6 as RFC 5952 4 wants it. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) {
    return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  }
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  const zeros = longestZeroRun(groups);
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return zeros === undefined ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.end, 8)}`;
}

/** An IPv4 address embedded in IPv6 (RFC 6052), so that both ends of a packet are of one family; IPv6 as it is. */
export function asIpv6(bytes: Buffer): Buffer {
  return bytes.length === 16 ? bytes : Buffer.concat([NAT64_PREFIX, bytes]);
}

/** One spelling for an address: IPv6 as RFC 5952 has it, IPv4-mapped IPv6 (RFC 4291 2.5.5.2) as the IPv4 address it stands for. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) {
    return address;
  }
  let canonical = canonicals.get(address);
  if (canonical === undefined) {
    canonical = canonicalIpv6(address);
    if (canonicals.size >= CACHE_LIMIT) {
      canonicals.clear();
    }
    canonicals.set(address, canonical);
  }
  return canonical;
}

function canonicalIpv6(address: string): string {
  const bytes = addressBytes(address);
  if (bytes === undefined) {
    return address;
  }
  return formatAddress(bytes.subarray(0, 12).equals(MAPPED_PREFIX) ? bytes.subarray(12) : bytes);
}

/** `0.0.0.0` or `::`, what a socket that listens on every address says of itself. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '';
}

function parseAddress(address: string): Buffer | undefined {
  if (isIPv4(address)) {
    return Buffer.from(address.split('.').map(Number));
  }
  if (!isIPv6(address)) {
    return undefined;
  }
  const zone = address.indexOf('%');
  const [head = '', tail] = (zone < 0 ? address : address.slice(0, zone)).split('::');
  const front = groupBytes(head);
  const back = tail === undefined ? [] : groupBytes(tail);
  return Buffer.from([...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back]);
}

function groupBytes(groups: string): number[] {
  if (groups === '') {
    return [];
  }
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) {
      return group.split('.').map(Number);
    }
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function longestZeroRun(groups: readonly number[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (end < groups.length && groups[end] === 0) {
      end += 1;
    }
    if (end - start >= 2 && (best === undefined || end - start > best.end - best.start)) {
      best = { start, end };
    }
    start = Math.max(start, end - 1);
  }
  return best;
}
