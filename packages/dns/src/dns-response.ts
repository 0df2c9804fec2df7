import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { Answer } from 'dns-packet';
import { UDP_PAYLOAD_BYTES } from './message.js';
import { canonicalName } from './name.js';
import type { DnsAnswer, RecordTypes } from './resolver.js';

export type ResolvableType = keyof RecordTypes;
export type AnyAnswer = DnsAnswer<RecordTypes[ResolvableType]>;

/** What a response means for its query. `ttlS` 0: not to be kept. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: AnyAnswer; readonly ttlS: number }
  /** Ask again over TCP (RFC 1035 4.2.1). */
  | { readonly kind: 'truncated' }
  /** The server does not know EDNS: ask again without (RFC 6891 6.2.2). */
  | { readonly kind: 'no-edns' }
  /** Not for this query: another one's, or forged. */
  | { readonly kind: 'not-ours' };

const HEADER_BYTES = 12;
const MAX_RECORDS = 256;
const MAX_ALIASES = 8;
/** RFC 2181 8: the first bit must not be set; beyond a day nothing in a lab stays as it is. */
const MAX_TTL_S = 86_400;
/** RFC 2308 5. */
const MAX_NEGATIVE_TTL_S = 10_800;

/** One question with RD set; `edns` offers 1,232 bytes over UDP (RFC 6891). `name` is one that can be written. */
export function writeQuery(id: number, name: string, type: ResolvableType, edns: boolean): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED, // Somebody else's server may be a resolver.
    questions: [{ name, type, class: 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_PAYLOAD_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

/** The id that a message carries; undefined for what is too short for a header. */
export function messageId(message: Buffer): number | undefined {
  return message.length < HEADER_BYTES ? undefined : message.readUInt16BE(0);
}

/** Reads the response to `query`, which asked for `name` and `type`. Never throws, whatever the bytes. */
export function readResponse(response: Buffer, query: Buffer, name: string, type: ResolvableType): Outcome {
  if (!answersTo(response, query)) return { kind: 'not-ours' };
  const flags = response.readUInt16BE(2);
  const rcode = flags & 15;
  // Whether or not the question is in it: a server that gives FORMERR for an OPT record may send the header alone.
  if (query.readUInt16BE(10) > 0 && (rcode === 1 || rcode === 4)) return { kind: 'no-edns' };
  if (rcode !== 0 && rcode !== 3) return failed(RCODE_NAMES[rcode] ?? `RCODE ${rcode}`);
  if ((flags & 0x0200) !== 0) return { kind: 'truncated' };
  let records: readonly Answer[];
  let authorities: readonly Answer[];
  try {
    ({ answers: records = [], authorities = [] } = decode(response));
  } catch {
    return failed('the response cannot be read');
  }
  const set = recordsOf(records, name, type);
  if (set.length > 0) {
    const ttlS = Math.min(...records.map(ttlOf), MAX_TTL_S); // RFC 2181 5.2: the least of the set, and of the aliases to it.
    return { kind: 'answered', answer: { kind: 'records', records: set.map(fromPacket) }, ttlS };
  }
  return { kind: 'answered', answer: { kind: 'empty' }, ttlS: negativeTtl(authorities) };
}

const RCODE_NAMES: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  4: 'NOTIMP',
  5: 'REFUSED',
};

function failed(reason: string): Outcome {
  return { kind: 'answered', answer: { kind: 'failed', reason: `DNS: ${reason}` }, ttlS: 0 };
}

/** RFC 5452 9.1: the id and the whole question must be ours, letter case aside. */
function answersTo(response: Buffer, query: Buffer): boolean {
  if (response.length < HEADER_BYTES || response.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  if ((response.readUInt8(2) & 0xf8) !== 0x80) return false; // A response, to a standard query.
  const [questions = 0, answers = 0, authorities = 0, additionals = 0] = [4, 6, 8, 10].map((at) =>
    response.readUInt16BE(at),
  );
  if (answers + authorities + additionals > MAX_RECORDS) return false;
  if (questions === 0) return answers === 0 && (response.readUInt8(3) & 15) !== 0;
  let end = HEADER_BYTES;
  while (query[end] !== 0) end += 1 + (query[end] as number);
  end += 5;
  if (questions !== 1 || response.length < end) return false;
  for (let i = HEADER_BYTES; i < end; i++) {
    if (lowerCase(response[i] as number) !== lowerCase(query[i] as number)) return false;
  }
  return true;
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

type Resolvable =
  Extract<Answer, { type: 'SRV' | 'NAPTR' }> | (Answer & { type: 'A' | 'AAAA'; data: string });

/** The records of `name`, or of the name that its aliases in the same answer lead to. */
function recordsOf(answers: readonly Answer[], name: string, type: ResolvableType): Resolvable[] {
  let owner = canonicalName(name);
  for (let followed = 0; followed <= MAX_ALIASES; followed++) {
    const own = answers.filter((record) => canonicalName(record.name) === owner);
    const set = own.filter((record): record is Resolvable => record.type === type);
    const alias = own.find((record) => record.type === 'CNAME');
    if (set.length > 0 || alias?.type !== 'CNAME') return set;
    owner = canonicalName(alias.data);
  }
  return [];
}

function fromPacket(record: Resolvable): RecordTypes[ResolvableType] {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { address: record.data };
    case 'SRV': {
      const { priority = 0, weight = 0, port, target } = record.data;
      return { priority, weight, port, target: noRoot(target) };
    }
    case 'NAPTR':
      return { ...record.data, replacement: noRoot(record.data.replacement) };
  }
}

/** dns-packet writes the root as a dot; here it is the empty name. */
function noRoot(name: string): string {
  return name === '.' ? '' : name;
}

function ttlOf(record: Answer): number {
  const ttlS = 'ttl' in record ? (record.ttl ?? 0) : 0;
  return ttlS > 0x7fff_ffff ? 0 : ttlS;
}

/** RFC 2308 5: the SOA says how long; without one the answer is not kept. */
function negativeTtl(authorities: readonly Answer[]): number {
  const soa = authorities.find((record) => record.type === 'SOA');
  if (soa?.type !== 'SOA') return 0;
  return Math.min(ttlOf(soa), soa.data.minimum ?? 0, MAX_NEGATIVE_TTL_S);
}
