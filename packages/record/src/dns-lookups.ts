import { e164Number } from '@ims-sim/dns';
import { DNS_HEADER_BYTES, dnsRcodeName, peekQuestion } from '@ims-sim/dns/question';
import { answersOf } from '@ims-sim/scenario';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { RecordedDns } from './recorded.js';
import type { SipSeen } from './select.js';

/** A question to the DNS that was answered. */
export interface DnsLookup extends Pick<RecordedDns, 'type' | 'name' | 'rcode' | 'records'> {
  readonly request: MessageRecord;
  readonly answer: MessageRecord;
}

/** What a scenario file can ask for, and expect. */
const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'SRV', 'NAPTR', 'CNAME', 'SOA', 'NS']);
const RCODES: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']);
/** Data that is the same in every run; addresses and ports are of this one. */
const LASTING: ReadonlySet<string> = new Set(['NAPTR', 'CNAME', 'NS']);
/** RFC 6116 3.2: digits in reverse, a label each, below a suffix. */
const ENUM_NAME = /^((?:\d\.){2,15})[a-z]/i;

/**
 * The questions with their answers, in the order of the questions: of each the first time that somebody asks it. Who asks keeps the answer,
 * and when it is asked again hangs on how long that took.
 */
export function dnsLookups(records: readonly TraceRecord[]): DnsLookup[] {
  const open = new Map<string, MessageRecord>();
  const known = new Set<string>();
  const found: DnsLookup[] = [];
  for (const record of records) {
    const question =
      record.kind === 'message' && record.protocol === 'dns' ? peekQuestion(record.bytes) : undefined;
    if (record.kind !== 'message' || question === undefined || !TYPES.has(question.type)) {
      continue;
    }
    const { id, type, response } = question;
    const what = `${type} ${question.name.toLowerCase()} ${id}`;
    if (!response) {
      open.set(`${record.from} ${record.to} ${what}`, record);
      continue;
    }
    const key = `${record.to} ${record.from} ${what}`;
    const request = open.get(key);
    const rcode = record.bytes.length < DNS_HEADER_BYTES ? '' : dnsRcodeName(record.bytes);
    const once = `${record.to} ${type} ${question.name.toLowerCase()}`;
    open.delete(key);
    if (request !== undefined && RCODES.has(rcode) && !known.has(once)) {
      known.add(once);
      found.push({
        request,
        answer: record,
        type,
        name: question.name,
        rcode,
        records: answersOf(record.bytes).map(lasting),
      });
    }
  }
  return found.sort((a, b) => a.request.id - b.request.id);
}

function lasting({ name, type, data }: RecordedDns['records'][number]): RecordedDns['records'][number] {
  return { type, name, ...(data !== undefined && LASTING.has(type) && { data }) };
}

/** Of a question about a number (ENUM, RFC 6116 3): the request to that number that came last to who asks. */
export function numberAsked(
  { type, name, request }: DnsLookup,
  sip: readonly SipSeen[],
): SipSeen | undefined {
  const [, digits] = (type === 'NAPTR' ? ENUM_NAME.exec(name) : undefined) ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const number = `+${digits.split('.').reverse().join('')}`;
  return sip.findLast(
    ({ record, message }) =>
      record.id < request.id &&
      record.to === request.from &&
      message.kind === 'request' &&
      numberOf(message.uri) === number,
  );
}

/** Of a tel URI, or of the SIP URI of a telephone (RFC 3261 19.1.6). */
function numberOf(uri: string): string | undefined {
  const [, user] = /^sips?:([^@;]+)/i.exec(uri) ?? [];
  return e164Number(user ?? uri);
}
