import { cseq, values } from '../message/access.js';
import { valueOf } from '../message/headers.js';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.js';

/** What the sender of an INVITE says of reliable provisional responses (RFC 3262 3): nothing, that it takes them, that it wants no others. */
export type Reliability = 'none' | 'supported' | 'required';

/** By `100rel` in Require and Supported; Require outdoes Supported (RFC 3262 3). */
export function reliabilityOf(invite: SipRequest): Reliability {
  if (names100rel(invite, 'require')) {
    return 'required';
  }
  return names100rel(invite, 'supported') ? 'supported' : 'none';
}

/** RSeq of a response that is to be acknowledged by a PRACK (RFC 3262 4); undefined: it is not. */
export function rseqOf(response: SipResponse): number | undefined {
  const text = valueOf(response.headers, 'rseq')?.trim() ?? '';
  // RFC 3262 7.1: 2^32 - 1 at most.
  return /^\d{1,10}$/.test(text) && names100rel(response, 'require') ? Number(text) : undefined;
}

/** Whether a PRACK acknowledges, of this INVITE, the provisional response with that RSeq (RFC 3262 3, 7.2). */
export function isRackOf(prack: SipRequest, invite: SipRequest, rseq: number): boolean {
  const [response, number, method] = (valueOf(prack.headers, 'rack') ?? '').trim().split(/[ \t]+/);
  return Number(response) === rseq && Number(number) === cseq(invite)?.number && method === 'INVITE';
}

/** Whether a value of Require or Supported lists it. */
export function lists100rel(value: string): boolean {
  return value.split(',').some(is100rel);
}

function names100rel(message: SipMessage, key: 'require' | 'supported'): boolean {
  return values(message, key).some(is100rel);
}

function is100rel(tag: string): boolean {
  return tag.trim().toLowerCase() === '100rel';
}
