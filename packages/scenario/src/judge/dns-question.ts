import type { Peeked } from './exchanges.js';

const HEADER_BYTES = 12;
const MAX_LABEL = 63;

/** RFC 1035 3.2.2, 3.2.3, RFC 3596, 2782, 3403. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [255, 'ANY'],
]);

/** RFC 1035 4.1.1. */
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** The first question of a DNS message, `what`: its type and its name in lower case (RFC 4343); undefined where there is none. */
export function peekDns(bytes: Buffer): Peeked | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(4) === 0) {
    return undefined;
  }
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = bytes[at] ?? 0; length !== 0; length = bytes[at] ?? 0) {
    if (length > MAX_LABEL || at + 1 + length >= bytes.length) {
      return undefined; // a question's name, the first of its message, has no pointer
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 3 > bytes.length) {
    return undefined;
  }
  const type = bytes.readUInt16BE(at + 1);
  return {
    isRequest: ((bytes[2] ?? 0) & 0x80) === 0,
    what: questionText(TYPES.get(type) ?? `TYPE${type}`, labels.join('.')),
    id: bytes.readUInt16BE(0),
  };
}

/** As `peekDns` writes it. */
export function questionText(type: string, name: string): string {
  const absolute = name.endsWith('.') ? name.slice(0, -1) : name;
  return `${type.toUpperCase()} ${absolute.toLowerCase()}`;
}

/** The response code of an answer by its name. */
export function rcodeOf(bytes: Buffer): string {
  const code = (bytes[3] ?? 0) & 0x0f;
  return RCODES[code] ?? `RCODE ${code}`;
}
