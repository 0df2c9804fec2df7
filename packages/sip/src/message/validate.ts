import { addresses, callId, cseq, from, maxForwards, to, topVia } from './access.js';
import { valueOf } from './headers.js';
import type { SipMessage, SipRequest } from './message.js';
import { parseUri } from './uri-parse.js';

/**
 * What an element asks of a message before anything else sees it (RFC 3261 16.3 step 1, 8.1.1): undefined, or the reason
 * phrase of the 400, which names the header and what is wrong.
 *
 * Let in, as others let it in: no tag in From and no branch (RFC 2543), no Max-Forwards (16.3 step 3), a bad value in a
 * header that only an end reads (Date, Contact but for REGISTER, ...).
 */
export function check(message: SipMessage): string | undefined {
  const seen = onceOnly(message);
  return typeof seen === 'string' ? seen : (mandatory(message, seen) ?? ofRequest(message, seen));
}

/** Headers that a message has at most once, a bit each. */
function bitOf(key: string): number {
  switch (key) {
    case 'via':
    case 'route':
    case 'record-route':
      return 0;
    case 'from':
      return FROM;
    case 'to':
      return TO;
    case 'call-id':
      return CALL_ID;
    case 'cseq':
      return CSEQ;
    case 'max-forwards':
      return MAX_FORWARDS;
    case 'content-length':
      return 32;
    case 'content-type':
      return 64;
    case 'expires':
      return 128;
    case 'event':
      return 256;
    case 'subscription-state':
      return 512;
    case 'sip-if-match':
      return 1024;
    case 'sip-etag':
      return 2048;
    default:
      return 0;
  }
}

const FROM = 1;
const TO = 2;
const CALL_ID = 4;
const CSEQ = 8;
const MAX_FORWARDS = 16;

/** The bits of those that are there, or what is wrong. */
function onceOnly(message: SipMessage): number | string {
  let seen = 0;
  for (const h of message.headers) {
    const bit = bitOf(h.key);
    if ((seen & bit) !== 0) {
      return `Multiple ${SPELLED.get(bit) ?? ''}`;
    }
    seen |= bit;
  }
  return seen;
}

const SPELLED = new Map([
  [FROM, 'From'],
  [TO, 'To'],
  [CALL_ID, 'Call-ID'],
  [CSEQ, 'CSeq'],
  [MAX_FORWARDS, 'Max-Forwards'],
  [32, 'Content-Length'],
  [64, 'Content-Type'],
  [128, 'Expires'],
  [256, 'Event'],
  [512, 'Subscription-State'],
  [1024, 'SIP-If-Match'],
  [2048, 'SIP-ETag'],
]);

function mandatory(message: SipMessage, seen: number): string | undefined {
  const via = topVia(message);
  if (via === undefined) {
    return valueOf(message.headers, 'via') === undefined ? 'Missing Via' : 'Bad Via: not protocol, host and parameters';
  }
  if (via.branch === 'z9hG4bK') {
    return 'Bad Via: nothing in the branch after z9hG4bK';
  }
  if (from(message) === undefined) {
    return (seen & FROM) === 0 ? 'Missing From' : 'Bad From: not an address with parameters';
  }
  if (to(message) === undefined) {
    return (seen & TO) === 0 ? 'Missing To' : 'Bad To: not an address with parameters';
  }
  if (callId(message) === undefined) {
    return (seen & CALL_ID) === 0 ? 'Missing Call-ID' : 'Bad Call-ID: not word or word@word';
  }
  if (cseq(message) === undefined) {
    return (seen & CSEQ) === 0 ? 'Missing CSeq' : 'Bad CSeq: not a number below 2^32 and a method';
  }
  return undefined;
}

function ofRequest(message: SipMessage, seen: number): string | undefined {
  if (message.kind === 'response') {
    return undefined;
  }
  if (cseq(message)?.method !== message.method) {
    return 'Bad CSeq: method is not that of the request';
  }
  if ((seen & MAX_FORWARDS) !== 0 && maxForwards(message) === undefined) {
    return 'Bad Max-Forwards: not a number from 0 to 255';
  }
  const uri = parseUri(message.uri);
  if (uri === undefined) {
    return 'Bad Request-URI: not a URI';
  }
  if (uri.kind === 'sip' && uri.headers !== undefined) {
    return 'Bad Request-URI: has headers'; // 19.1.1, table 1
  }
  return badAddresses(message);
}

/** Routes say where the request goes; a REGISTER without its Contact would be a query. */
function badAddresses(request: SipRequest): string | undefined {
  for (const h of request.headers) {
    if (h.key === 'route' && h.parsed === undefined) {
      addresses(request, 'route');
    }
    if (h.key === 'route' && h.parsed === null) {
      return 'Bad Route: not a list of addresses';
    }
  }
  if (request.method === 'REGISTER' && valueOf(request.headers, 'contact') !== '*') {
    addresses(request, 'contact');
    if (request.headers.some((h) => h.key === 'contact' && h.parsed === null)) {
      return 'Bad Contact: not a list of addresses';
    }
  }
  return undefined;
}
