import { DNS_HEADER_BYTES, dnsRcode, type DnsQuestionPeek, peekQuestion } from '@ims-sim/dns/question';

/**
 * The one question of a DNS message, its name in lower case (RFC 4343); undefined where it has none, or more: nobody asks more than one, and
 * what is no DNS at all hardly has exactly one.
 */
export function readDns(bytes: Buffer): DnsQuestionPeek | undefined {
  const question =
    bytes.length >= DNS_HEADER_BYTES && bytes.readUInt16BE(4) === 1 ? peekQuestion(bytes) : undefined;
  return question && { ...question, name: question.name.toLowerCase() };
}

/** The answer with that code and nothing in it but the question; a question stays as it is. */
export function withRcode(bytes: Buffer, rcode: 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED'): Buffer {
  const question = readDns(bytes);
  if (question?.response !== true) return bytes;
  const out = Buffer.from(bytes.subarray(0, question.end));
  out[2] = (out[2] ?? 0) & ~0x02; // not truncated
  out[3] = ((out[3] ?? 0) & 0xf0) | dnsRcode(rcode);
  out.fill(0, 6, DNS_HEADER_BYTES);
  return out;
}
