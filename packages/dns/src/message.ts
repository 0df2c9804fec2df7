import { decode, encode, AUTHORITATIVE_ANSWER, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import type { Answer, DecodedPacket, OptAnswer, Packet } from 'dns-packet';
import { answer, answerImpossibleName, type DnsReply } from './answer.js';
import { isDomainName } from './name.js';
import type { ZoneRecord, Zones } from './zone.js';

/** What we receive over UDP, and send at most: fits an Ethernet frame also with IPv6 (DNS Flag Day 2020). */
export const UDP_PAYLOAD_BYTES = 1232;
/** RFC 1035 2.3.4: the bound of a client that does not say what it can take. */
const CLASSIC_PAYLOAD_BYTES = 512;
const MAX_TCP_MESSAGE_BYTES = 65_535;
const HEADER_BYTES = 12;
/** OPT, TSIG and a few more that nobody sends. */
const MAX_ADDITIONALS = 8;

const RCODES = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;
type Rcode = keyof typeof RCODES;

interface Query {
  readonly bytes: Buffer;
  /** The question as it came, which goes back as it came. */
  readonly question: Buffer;
  readonly edns: OptAnswer | undefined;
  readonly transport: 'udp' | 'tcp';
}

/**
 * The answer to one DNS message, from `zones`. Undefined for what must not be answered: no header, or itself a response.
 * Never throws, whatever the bytes.
 */
export function respond(zones: Zones, bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined {
  if (bytes.length < HEADER_BYTES || (bytes.readUInt8(2) & 0x80) !== 0) return undefined;
  const opcode = (bytes.readUInt8(2) >> 3) & 15;
  if (opcode !== 0) return plain(bytes, 'NOTIMP');
  const query = read(bytes, transport);
  if (query === undefined) return plain(bytes, 'FORMERR');
  if (query.edns !== undefined && query.edns.ednsVersion > 0) return write(query, 'BADVERS', undefined); // RFC 6891 6.1.3
  const [asked] = query.packet.questions ?? [];
  if (asked === undefined) return plain(bytes, 'FORMERR');
  try {
    const { name, type } = asked;
    const question = { name: name === '.' ? '' : name, type, class: asked.class ?? 'IN' };
    // dns-packet joins labels by dots; one that has a dot or a strange byte in it is no name of ours and not to be read as one.
    const reply = isOrdinary(query.question, name)
      ? answer(zones, question)
      : answerImpossibleName(zones, question.name);
    return write(query, reply.rcode, reply);
  } catch {
    return plain(bytes, 'SERVFAIL');
  }
}

function read(bytes: Buffer, transport: 'udp' | 'tcp'): (Query & { packet: DecodedPacket }) | undefined {
  // The counts are checked first: dns-packet sets aside room for as many records as they say.
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  if (questions !== 1 || answers !== 0 || authorities !== 0 || (additionals ?? 0) > MAX_ADDITIONALS)
    return undefined;
  try {
    const packet = decode(bytes);
    const options = (packet.additionals ?? []).filter((record) => record.type === 'OPT');
    const questionEnd = endOfQuestion(bytes);
    if (questionEnd === undefined || options.length > 1) return undefined; // RFC 6891 6.1.1: one OPT at most.
    return {
      bytes,
      transport,
      packet,
      question: bytes.subarray(HEADER_BYTES, questionEnd),
      edns: options[0],
    };
  } catch {
    return undefined;
  }
}

/** A question's name is the first in its message and so cannot be compressed. */
function endOfQuestion(bytes: Buffer): number | undefined {
  let at = HEADER_BYTES;
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    if (length === undefined || length > 63) return undefined;
    at += 1 + length;
  }
  return at + 5 <= bytes.length ? at + 5 : undefined;
}

function isOrdinary(question: Buffer, name: string): boolean {
  if (name === '.') return true;
  if (!isDomainName(name)) return false;
  let labels = 0;
  for (let at = 0, length = question[0] ?? 0; length !== 0; at += 1 + length, length = question[at] ?? 0)
    labels++;
  return name.split('.').length === labels;
}

/** An answer to what could not be read: the header alone. */
function plain(query: Buffer, rcode: Rcode): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8000 | (query.readUInt16BE(2) & (0x7800 | RECURSION_DESIRED)) | RCODES[rcode], 2);
  return header;
}

function write(query: Query, rcode: Rcode, reply: DnsReply | undefined): Buffer {
  const limit =
    query.transport === 'tcp'
      ? MAX_TCP_MESSAGE_BYTES
      : Math.max(CLASSIC_PAYLOAD_BYTES, Math.min(query.edns?.udpPayloadSize ?? 0, UDP_PAYLOAD_BYTES));
  const whole = compose(query, rcode, reply, 0);
  if (whole.length <= limit) return whole;
  // RFC 2181 9: additional data that does not fit is left out without a word; other data not.
  const necessary = compose(query, rcode, reply && { ...reply, additionals: [] }, 0);
  return necessary.length <= limit
    ? necessary
    : compose(query, rcode, undefined, TRUNCATED_RESPONSE, reply?.authoritative);
}

function compose(
  query: Query,
  rcode: Rcode,
  reply: DnsReply | undefined,
  flags: number,
  authoritative = reply?.authoritative ?? false,
): Buffer {
  const packet: Packet = {
    type: 'response',
    id: query.bytes.readUInt16BE(0),
    flags:
      flags |
      (authoritative ? AUTHORITATIVE_ANSWER : 0) |
      (query.bytes.readUInt16BE(2) & RECURSION_DESIRED) |
      (RCODES[rcode] & 15),
    answers: reply?.answers.map(toPacket) ?? [],
    authorities: reply?.authorities.map(toPacket) ?? [],
    additionals: [
      ...(reply?.additionals.map(toPacket) ?? []),
      ...(query.edns === undefined ? [] : [opt(query.edns, rcode)]),
    ],
  };
  const encoded = encode(packet);
  encoded.writeUInt16BE(1, 4);
  return Buffer.concat([encoded.subarray(0, HEADER_BYTES), query.question, encoded.subarray(HEADER_BYTES)]);
}

function opt(asked: OptAnswer, rcode: Rcode): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: UDP_PAYLOAD_BYTES,
    extendedRcode: RCODES[rcode] >> 4,
    ednsVersion: 0,
    flags: asked.flags & 0x8000, // RFC 3225 3: the DO bit is copied.
    flag_do: asked.flag_do,
    options: [],
  };
}

function toPacket(record: ZoneRecord): Answer {
  const { name, type, ttlS: ttl } = record;
  switch (type) {
    case 'A':
    case 'AAAA':
      return { name, type, ttl, data: record.address };
    case 'NS':
    case 'CNAME':
      return { name, type, ttl, data: wireName(record.target) };
    case 'SRV':
      return { name, type, ttl, data: { ...record, target: wireName(record.target) } };
    case 'NAPTR':
      return { name, type, ttl, data: { ...record, replacement: wireName(record.replacement) } };
    case 'SOA':
      return {
        name,
        type,
        ttl,
        data: {
          mname: record.primary,
          rname: record.mailbox,
          serial: record.serial,
          refresh: record.refreshS,
          retry: record.retryS,
          expire: record.expireS,
          minimum: record.minimumS,
        },
      };
  }
}

function wireName(name: string): string {
  return name === '' ? '.' : name;
}
