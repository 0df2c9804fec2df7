/** RFC 1035 3.2.2, 3.2.3, RFC 3596, 2782, 3403, 6891. */
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
  [41, 'OPT'],
  [255, 'ANY'],
]);
/** RFC 1035 4.1.1, by their codes. */
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

export const DNS_HEADER_BYTES = 12;
const MAX_LABEL = 63;

/** What the first bytes of a DNS message say (RFC 1035 4.1), for who looks at messages of others. */
export interface DnsQuestionPeek {
  readonly id: number;
  readonly response: boolean;
  /** As it stands there, without the dot at the end; the root is `.`. */
  readonly name: string;
  /** `NAPTR`; `TYPE99` for one without a name here. */
  readonly type: string;
  /** Where the question ends. */
  readonly end: number;
}

/** The first question of a message of anybody's; undefined where it has none, or is no DNS. Never throws. */
export function peekQuestion(bytes: Buffer): DnsQuestionPeek | undefined {
  if (bytes.length < DNS_HEADER_BYTES || bytes.readUInt16BE(4) === 0) {
    return undefined;
  }
  const labels: string[] = [];
  let at = DNS_HEADER_BYTES;
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    // A question's name, the first of its message, cannot be compressed.
    if (length === undefined || length > MAX_LABEL || at + 1 + length >= bytes.length) {
      return undefined;
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > bytes.length) {
    return undefined;
  }
  return {
    id: bytes.readUInt16BE(0),
    response: isDnsResponse(bytes),
    name: labels.length === 0 ? '.' : labels.join('.'),
    type: dnsTypeName(bytes.readUInt16BE(at + 1)),
    end: at + 5,
  };
}

/** Of a message with a whole header. */
export function isDnsResponse(bytes: Buffer): boolean {
  return ((bytes[2] ?? 0) & 0x80) !== 0;
}

/** The mnemonic of an RR type, or `TYPE65280` as RFC 3597 5 spells the others. */
export function dnsTypeName(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

/** `NXDOMAIN` of an answer. */
export function dnsRcodeName(bytes: Buffer): string {
  const code = (bytes[3] ?? 0) & 0x0f;
  return RCODES[code] ?? `RCODE ${code}`;
}

/** The code of `NXDOMAIN`; -1 for none of ours. */
export function dnsRcode(name: string): number {
  return RCODES.indexOf(name);
}
