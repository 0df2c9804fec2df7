import { DNS_HEADER_BYTES, dnsTypeName, peekQuestion } from '@ims-sim/dns/question';

/** A resource record as zone files write it (RFC 1035 5.1): `0 0 5060 scscf1.home1.net`. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

const MAX_RECORDS = 1000;
/** RFC 1035 3.1 allows 127 labels; a pointer more for each. */
const MAX_HOPS = 256;

/** The answer section of a message of anybody's (RFC 1035 4.1.3), as far as it can be read. Never throws. */
export function answersOf(bytes: Buffer): readonly DnsRecord[] {
  const question = peekQuestion(bytes);
  if (question === undefined || bytes.length < DNS_HEADER_BYTES) {
    return [];
  }
  const records: DnsRecord[] = [];
  const count = Math.min(bytes.readUInt16BE(6), MAX_RECORDS);
  let at = question.end;
  while (records.length < count) {
    const name = nameAt(bytes, at);
    if (name === undefined || name.end + 10 > bytes.length) {
      break;
    }
    const start = name.end + 10;
    const end = start + bytes.readUInt16BE(name.end + 8);
    if (end > bytes.length) {
      break;
    }
    const type = dnsTypeName(bytes.readUInt16BE(name.end));
    records.push({ name: name.text, type, data: dataOf(type, bytes, start, end) });
    at = end;
  }
  return records;
}

/** What cannot be read is shown in hexadecimal (RFC 3597 5). */
function dataOf(type: string, bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  const unknown = `\\# ${length} ${bytes.toString('hex', start, end)}`;
  switch (type) {
    case 'A':
      return length === 4 ? [...bytes.subarray(start, end)].join('.') : unknown;
    case 'AAAA':
      return length === 16 ? ipv6(bytes.subarray(start, end)) : unknown;
    case 'CNAME':
    case 'NS':
      return nameAt(bytes, start)?.text ?? unknown;
    case 'SRV': {
      const target = length < 7 ? undefined : nameAt(bytes, start + 6)?.text;
      return target === undefined ? unknown : `${numbers(bytes, start, 3)} ${target}`;
    }
    case 'NAPTR':
      return naptr(bytes, start, end) ?? unknown;
    default:
      return unknown;
  }
}

/** RFC 3403 4.1: order, preference, flags, services, regular expression, replacement. */
function naptr(bytes: Buffer, start: number, end: number): string | undefined {
  let at = start + 4;
  const texts: string[] = [];
  while (texts.length < 3) {
    const next = at + 1 + (bytes[at] ?? 0);
    if (at >= end || next > end) {
      return undefined;
    }
    texts.push(`"${bytes.toString('utf8', at + 1, next)}"`);
    at = next;
  }
  const replacement = nameAt(bytes, at)?.text;
  return replacement && `${numbers(bytes, start, 2)} ${texts.join(' ')} ${replacement}`;
}

function numbers(bytes: Buffer, start: number, count: number): string {
  return Array.from({ length: count }, (_, index) => bytes.readUInt16BE(start + 2 * index)).join(' ');
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/** RFC 1035 4.1.4; the root is `.`. */
function nameAt(bytes: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let [at, end] = [start, -1];
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const length = bytes[at];
    if (length === undefined) {
      return undefined;
    }
    if (length === 0) {
      return { text: labels.length === 0 ? '.' : labels.join('.'), end: end < 0 ? at + 1 : end };
    }
    if (length >= 0xc0) {
      if (end < 0) {
        end = at + 2;
      }
      at = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0);
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) {
      return undefined;
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}
