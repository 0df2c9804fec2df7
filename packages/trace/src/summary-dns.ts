import { DNS_HEADER_BYTES, dnsRcodeName, isDnsResponse, peekQuestion } from '@ims-sim/dns/question';
import type { MessageSummary } from './summary.js';

/** `DNS NAPTR 2.1.e164.arpa` for the question; `DNS NAPTR: 1 answer`, `DNS NAPTR: NXDOMAIN` for what came back. */
export function dnsSummary(bytes: Buffer): MessageSummary {
  if (bytes.length < DNS_HEADER_BYTES) {
    return { label: 'DNS (cut short)', response: false };
  }
  const response = isDnsResponse(bytes);
  const question = peekQuestion(bytes);
  if (!response) {
    const asked = question === undefined ? 'query' : `${question.type} ${question.name}`;
    return { label: `DNS ${asked}`, response };
  }
  return { label: `DNS ${question?.type ?? 'answer'}: ${outcomeOf(bytes)}`, response };
}

function outcomeOf(bytes: Buffer): string {
  const rcode = dnsRcodeName(bytes);
  if (rcode !== 'NOERROR') {
    return rcode;
  }
  const count = bytes.readUInt16BE(6);
  return count === 0 ? 'no data' : count === 1 ? '1 answer' : `${count} answers`;
}
