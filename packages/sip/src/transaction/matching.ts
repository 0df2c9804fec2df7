import { callId, cseq, from, tagOf, to } from '../message/access.js';
import type { Via } from '../message/fields.js';
import type { SipRequest } from '../message/message.js';

/** RFC 3261 8.1.1.7: a branch that begins so is unique, and its request comes from a peer that knows RFC 3261. */
export const MAGIC_COOKIE = 'z9hG4bK';

/**
 * What finds a server transaction (RFC 3261 17.2.3): branch, sent-by and method for a peer of RFC 3261, and else what
 * an RFC 2543 peer can be known by. `method` is INVITE for an ACK, and for a CANCEL that looks for what it cancels.
 * `via` is the topmost, as it came. The key is a string of its own: it holds on to nothing of the message.
 */
export function serverKey(request: SipRequest, via: Via, method: string): string {
  return isRfc3261(via) ? branchKey(via, method) : legacyKey(request, via, method);
}

/** Whether the topmost Via is of a peer of RFC 3261, by its branch (17.2.3). */
export function isRfc3261(via: Via): boolean {
  // A branch that is the cookie and nothing else is not unique.
  return (
    via.branch !== undefined && via.branch.length > MAGIC_COOKIE.length && via.branch.startsWith(MAGIC_COOKIE)
  );
}

/**
 * The second key of an INVITE of an RFC 2543 peer: by this its ACK finds it, whose To tag is that of the response and
 * must be compared apart (17.2.3).
 */
export function legacyAckKey(request: SipRequest, via: Via): string {
  return ['ACK', request.uri, fromTag(request), callId(request), cseq(request)?.number, via.text].join(' ');
}

/**
 * What finds a client transaction (17.1.3): branch and CSeq method. An ACK has no transaction, so only CANCEL shares
 * a branch.
 */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `${branch} CANCEL` : branch;
}

/** Host names are compared without case; a sent-by without a port means 5060. */
function branchKey(via: Via, method: string): string {
  return `${via.branch} ${via.host.toLowerCase()}:${via.port ?? 5060} ${method}`;
}

function legacyKey(request: SipRequest, via: Via, method: string): string {
  const parts = [method, request.uri, toTag(request), fromTag(request), callId(request)];
  return [...parts, cseq(request)?.number, via.text].join(' ');
}

/** The tag of the To, empty where there is none: RFC 2543 peers are told apart by it (17.2.3). */
export function toTag(message: SipRequest): string {
  const value = to(message);
  return (value === undefined ? undefined : tagOf(value)) ?? '';
}

function fromTag(message: SipRequest): string {
  const value = from(message);
  return (value === undefined ? undefined : tagOf(value)) ?? '';
}
