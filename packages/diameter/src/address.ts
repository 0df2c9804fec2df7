import { isIPv4, isIPv6 } from 'node:net';

/** The bytes of an IPv4 (4) or IPv6 (16) literal; undefined for anything else. */
export function addressBytes(literal: string): Uint8Array | undefined {
  if (isIPv4(literal)) return Uint8Array.from(literal.split('.'), Number);
  const zone = literal.indexOf('%');
  const address = zone === -1 ? literal : literal.slice(0, zone);
  return isIPv6(address) ? ipv6Bytes(address) : undefined;
}

/** The literal of 4 or 16 bytes, IPv6 as RFC 5952 writes it; undefined for any other length. */
export function addressLiteral(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join('.');
  return bytes.length === 16 ? ipv6Literal(bytes) : undefined;
}

function ipv6Bytes(address: string): Uint8Array {
  let text = address;
  const dotted = text.lastIndexOf(':') + 1;
  if (text.includes('.')) {
    const [a = 0, b = 0, c = 0, d = 0] = text.slice(dotted).split('.').map(Number);
    text = `${text.slice(0, dotted)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const bytes = new Uint8Array(16);
  groups.forEach((group, i) => {
    const value = parseInt(group, 16);
    bytes[2 * i] = value >>> 8;
    bytes[2 * i + 1] = value & 255;
  });
  return bytes;
}

function ipv6Literal(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let start = 0;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
