import type { MessageSummary } from './summary.js';

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [41, 'OPT'],
  [255, 'ANY'],
]);
/** RFC 1035 4.1.1. */
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const HEADER_BYTES = 12;

/** `DNS NAPTR 2.1.e164.arpa` for the question; `DNS NAPTR: 1 answer`, `DNS NAPTR: NXDOMAIN` for what came back. */
export function dnsSummary(bytes: Buffer): MessageSummary {
  if (bytes.length < HEADER_BYTES) {
    return { label: 'DNS (cut short)', response: false };
  }
  const response = ((bytes[2] ?? 0) & 0x80) !== 0;
  const question = bytes.readUInt16BE(4) > 0 ? firstQuestion(bytes) : undefined;
  if (!response) {
    return {
      label: question === undefined ? 'DNS query' : `DNS ${question.type} ${question.name}`,
      response,
    };
  }
  const rcode = (bytes[3] ?? 0) & 0x0f;
  const count = bytes.readUInt16BE(6);
  const outcome =
    rcode !== 0
      ? (RCODES[rcode] ?? `RCODE ${rcode}`)
      : count === 0
        ? 'no data'
        : count === 1
          ? '1 answer'
          : `${count} answers`;
  return { label: `DNS ${question?.type ?? 'answer'}: ${outcome}`, response };
}

/** RFC 1035 4.1.2; a question's name, the first in its message, is never a pointer. */
function firstQuestion(bytes: Buffer): { readonly name: string; readonly type: string } | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = bytes[at] ?? 0; length !== 0; length = bytes[at] ?? 0) {
    if (length > 63 || at + 1 + length >= bytes.length) {
      return undefined;
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 3 > bytes.length) {
    return undefined;
  }
  const type = bytes.readUInt16BE(at + 1);
  return { name: labels.length === 0 ? '.' : labels.join('.'), type: TYPES.get(type) ?? `TYPE${type}` };
}
