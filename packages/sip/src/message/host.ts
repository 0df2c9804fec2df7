import { HOST, isHex, isOf } from './chars.js';

/** The position after the host (RFC 3261 25.1: hostname, IPv4address, IPv6reference) that begins at `at`, or -1. */
export function hostEnd(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === 91) {
    const close = text.indexOf(']', at);
    return close > at && close < end && ipv6Groups(text.slice(at + 1, close)) !== undefined ? close + 1 : -1;
  }
  let dot = true;
  let stop = at;
  for (; stop < end && isOf(text.charCodeAt(stop), HOST); stop++) {
    const isDot = text.charCodeAt(stop) === 46;
    if (isDot && dot) {
      return -1; // an empty label; one dot at the end is allowed (`example.com.`)
    }
    dot = isDot;
  }
  return stop > at ? stop : -1;
}

/**
 * The eight groups of an IPv6 address without brackets (RFC 4291 2.2, with the corrected grammar of RFC 5954), or
 * undefined.
 */
function ipv6Groups(address: string): number[] | undefined {
  // RFC 3261's own grammar makes three colons before an IPv4 part; they mean two (RFC 5118 4.10)
  const text = address.includes('.') ? address.replace(':::', '::') : address;
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = groupsOf(text);
    return groups?.length === 8 ? groups : undefined;
  }
  const before = gap === 0 ? [] : groupsOf(text.slice(0, gap), false);
  const after = gap + 2 === text.length ? [] : groupsOf(text.slice(gap + 2));
  if (before === undefined || after === undefined || before.length + after.length > 7) {
    return undefined;
  }
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Groups between single colons; the last may be an IPv4 address, which makes two. */
function groupsOf(text: string, mayEndInIpv4 = true): number[] | undefined {
  const groups: number[] = [];
  const parts = text.split(':');
  if (parts.length > 8) {
    return undefined;
  }
  for (const [i, part] of parts.entries()) {
    if (mayEndInIpv4 && i === parts.length - 1 && part.includes('.')) {
      const octets = ipv4Octets(part);
      if (octets === undefined) {
        return undefined;
      }
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (isGroup(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function isGroup(text: string): boolean {
  if (text.length === 0 || text.length > 4) {
    return false;
  }
  for (let i = 0; i < text.length; i++) {
    if (!isHex(text.charCodeAt(i))) {
      return false;
    }
  }
  return true;
}

/** The four octets of a dotted IPv4 address, or undefined. */
function ipv4Octets(text: string): number[] | undefined {
  const parts = text.split('.');
  const octets = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && octets.every((octet) => octet <= 255) ? octets : undefined;
}

/** The same host: names without regard to case, IPv6 by its bits (RFC 5954 4.2). */
export function sameHost(a: string, b: string): boolean {
  if (a === b) {
    return true;
  }
  if (a.startsWith('[') && b.startsWith('[')) {
    return ipv6Groups(a.slice(1, -1))?.join() === ipv6Groups(b.slice(1, -1))?.join();
  }
  return a.toLowerCase() === b.toLowerCase();
}
