import { DNS_HEADER_BYTES, dnsRcodeName, dnsTypeName, isDnsResponse } from '@ims-sim/dns/question';
import { formatAddress } from '@ims-sim/trace';
import { hexText } from './hex-text.js';
import { readDnsName } from './dns-name.js';

const SECTIONS = ['Question', 'Answer', 'Authority', 'Additional'] as const;
const OPT = 41;
const MAX_RECORDS = 500;

/** A DNS message (RFC 1035 4.1) in lines: its header, then each section's records as a zone file has them. Never throws. */
export function dnsText(bytes: Buffer): string {
  if (bytes.length < DNS_HEADER_BYTES) {
    return `DNS message cut short\n${hexText(bytes)}`;
  }
  const flags = bytes.readUInt16BE(2);
  const bits = [
    [0x0400, 'authoritative'],
    [0x0200, 'truncated'],
    [0x0100, 'recursion desired'],
    [0x0080, 'recursion available'],
  ] as const;
  const set = bits.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const lines = [
    isDnsResponse(bytes) ? `DNS response: ${dnsRcodeName(bytes)}` : 'DNS query',
    `Id: 0x${bytes.readUInt16BE(0).toString(16).padStart(4, '0')}`,
    `Flags: ${set.length === 0 ? 'none' : set.join(', ')}`,
  ];
  let at: number | undefined = DNS_HEADER_BYTES;
  for (const [index, section] of SECTIONS.entries()) {
    const count = bytes.readUInt16BE(4 + 2 * index);
    if (count > 0) {
      lines.push('', `${section}:`);
    }
    for (let record = 0; record < Math.min(count, MAX_RECORDS); record += 1) {
      const read: RecordRead | undefined =
        at === undefined ? undefined : readRecord(bytes, at, section === 'Question');
      if (read === undefined) {
        return [...lines, '  (what follows is malformed)'].join('\n');
      }
      lines.push(`  ${read.text}`);
      at = read.end;
    }
  }
  return lines.join('\n');
}

interface RecordRead {
  readonly text: string;
  readonly end: number;
}

function readRecord(bytes: Buffer, from: number, isQuestion: boolean): RecordRead | undefined {
  const name = readDnsName(bytes, from);
  if (name === undefined || name.end + (isQuestion ? 4 : 10) > bytes.length) {
    return undefined;
  }
  const type = bytes.readUInt16BE(name.end);
  const typeName = dnsTypeName(type);
  if (isQuestion) {
    return { text: `${name.name} ${typeName}`, end: name.end + 4 };
  }
  const start = name.end + 10;
  const end = start + bytes.readUInt16BE(name.end + 8);
  if (end > bytes.length) {
    return undefined;
  }
  if (type === OPT) {
    return { text: `EDNS, up to ${bytes.readUInt16BE(name.end + 2)} bytes over UDP`, end };
  }
  const ttlS = bytes.readUInt32BE(name.end + 4);
  const value = recordText(bytes, type, start, end) ?? hexText(bytes.subarray(start, end));
  return { text: `${name.name} ${ttlS} ${typeName} ${value}`, end };
}

/** The record's data as RFC 1035 5.1 writes it; undefined where it is not to be read. */
function recordText(bytes: Buffer, type: number, start: number, end: number): string | undefined {
  const name = (at: number): string | undefined => readDnsName(bytes, at)?.name;
  switch (dnsTypeName(type)) {
    case 'A':
      return end - start === 4 ? [...bytes.subarray(start, end)].join('.') : undefined;
    case 'AAAA':
      return end - start === 16 ? formatAddress(bytes.subarray(start, end)) : undefined;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return name(start);
    case 'SRV': {
      const target = end - start >= 7 ? name(start + 6) : undefined;
      const numbers = [0, 2, 4].map((offset) =>
        target === undefined ? 0 : bytes.readUInt16BE(start + offset),
      );
      return target === undefined ? undefined : `${numbers.join(' ')} ${target}`;
    }
    case 'NAPTR':
      return naptrText(bytes, start, end);
    case 'TXT':
      return strings(bytes, start, end, Infinity)?.texts.join(' ');
    case 'SOA': {
      const primary = readDnsName(bytes, start);
      const mailbox = primary && readDnsName(bytes, primary.end);
      if (primary === undefined || mailbox === undefined || mailbox.end + 20 > end) {
        return undefined;
      }
      const numbers = [0, 4, 8, 12, 16].map((offset) => bytes.readUInt32BE(mailbox.end + offset));
      return `${primary.name} ${mailbox.name} ${numbers.join(' ')}`;
    }
    default:
      return undefined;
  }
}

/** RFC 3403 4.1: order, preference, flags, service, regular expression, replacement. */
function naptrText(bytes: Buffer, start: number, end: number): string | undefined {
  const read = end - start >= 8 ? strings(bytes, start + 4, end, 3) : undefined;
  const replacement = read && readDnsName(bytes, read.end);
  return read === undefined || replacement === undefined
    ? undefined
    : `${bytes.readUInt16BE(start)} ${bytes.readUInt16BE(start + 2)} ${read.texts.join(' ')} ${replacement.name}`;
}

/** RFC 1035 3.3: strings with their length before them, here in quotes. */
function strings(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
): { readonly texts: string[]; readonly end: number } | undefined {
  const texts: string[] = [];
  let at = start;
  while (at < end && texts.length < count) {
    const next = at + 1 + (bytes[at] ?? 0);
    if (next > end) {
      return undefined;
    }
    texts.push(`"${bytes.toString('utf8', at + 1, next)}"`);
    at = next;
  }
  return { texts, end: at };
}
