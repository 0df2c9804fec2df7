const HEADER_BYTES = 12;
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  255: 'ANY',
};

export interface DnsText {
  readonly response: boolean;
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: string;
  /** Where the question ends. */
  readonly questionEnd: number;
}

/** The one question of a DNS message (RFC 1035 4.1); undefined where it has none, or is no DNS. */
export function readDns(bytes: Buffer): DnsText | undefined {
  if (bytes.length < HEADER_BYTES + 5 || bytes.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    // The first name of a message cannot be compressed.
    if (length === undefined || length > 63 || at + 1 + length >= bytes.length) return undefined;
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const questionEnd = at + 5;
  if (questionEnd > bytes.length) return undefined;
  const type = bytes.readUInt16BE(at + 1);
  return {
    response: ((bytes[2] ?? 0) & 0x80) !== 0,
    name: labels.join('.').toLowerCase(),
    type: TYPES[type] ?? `TYPE${type}`,
    questionEnd,
  };
}

/** The answer with that code and nothing in it but the question; a question stays as it is. */
export function withRcode(bytes: Buffer, rcode: keyof typeof RCODES): Buffer {
  const dns = readDns(bytes);
  if (dns?.response !== true) return bytes;
  const out = Buffer.from(bytes.subarray(0, dns.questionEnd));
  out[2] = (out[2] ?? 0) & ~0x02; // not truncated
  out[3] = ((out[3] ?? 0) & 0xf0) | RCODES[rcode];
  out.fill(0, 6, HEADER_BYTES);
  return out;
}
