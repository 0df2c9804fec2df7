import { addressOf, addressesOf, callIdOf, cseqOf, maxForwardsOf, topViaOf } from './access.js';
import type { Header } from './header.js';
import type { SipMessage, SipRequest } from './message.js';
import { parseUri } from './uri-parse.js';

/**
 * What an element asks of a message before anything else sees it (RFC 3261 16.3 step 1, 8.1.1): undefined, or the reason
 * phrase of the 400, which names the header and what is wrong.
 *
 * Let in, as others let it in: no tag in From and no branch (RFC 2543), no Max-Forwards (16.3 step 3), a bad value in a
 * header that only an end reads (Date, Contact but for REGISTER, ...). From, To and Call-ID of a response must be there, and
 * are not read: it copies its request's (8.2.6.2), and is told by Via and CSeq (17.1.3).
 */
export function check(message: SipMessage): string | undefined {
  const found: Found = { via: undefined, from: undefined, to: undefined, callId: undefined, cseq: undefined };
  return (
    onlyOnce(message, found) ??
    badVia(found.via) ??
    badAddress(message, found.from, 'From') ??
    badAddress(message, found.to, 'To') ??
    badCallId(message, found.callId) ??
    badCSeq(message, found.cseq) ??
    (message.kind === 'request' ? badRequest(message) : undefined)
  );
}

interface Found {
  via: Header | undefined;
  from: Header | undefined;
  to: Header | undefined;
  callId: Header | undefined;
  cseq: Header | undefined;
}

/** Finds the mandatory headers, in one pass, and what is there twice and may not be. */
function onlyOnce(message: SipMessage, found: Found): string | undefined {
  let others = 0;
  for (const h of message.headers) {
    switch (h.key) {
      case 'via':
        found.via ??= h;
        break;
      case 'from':
        if (found.from !== undefined) {
          return 'Multiple From';
        }
        found.from = h;
        break;
      case 'to':
        if (found.to !== undefined) {
          return 'Multiple To';
        }
        found.to = h;
        break;
      case 'call-id':
        if (found.callId !== undefined) {
          return 'Multiple Call-ID';
        }
        found.callId = h;
        break;
      case 'cseq':
        if (found.cseq !== undefined) {
          return 'Multiple CSeq';
        }
        found.cseq = h;
        break;
      case 'max-forwards':
      case 'content-length':
      case 'content-type':
      case 'expires':
      case 'event':
      case 'subscription-state':
      case 'sip-if-match':
      case 'sip-etag': {
        const bit = 1 << ONCE.indexOf(h.key);
        if ((others & bit) !== 0) {
          return `Multiple ${SPELLED[ONCE.indexOf(h.key)]}`;
        }
        others |= bit;
      }
    }
  }
  return undefined;
}

const SPELLED = [
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Event',
  'Subscription-State',
  'SIP-If-Match',
  'SIP-ETag',
] as const;
const ONCE: readonly string[] = SPELLED.map((name) => name.toLowerCase());

function badVia(line: Header | undefined): string | undefined {
  if (line === undefined) {
    return 'Missing Via';
  }
  const via = topViaOf(line);
  if (via === undefined) {
    return 'Bad Via: not protocol, host and parameters';
  }
  return via.branch === 'z9hG4bK' ? 'Bad Via: nothing in the branch after z9hG4bK' : undefined;
}

function badAddress(message: SipMessage, line: Header | undefined, name: string): string | undefined {
  if (line === undefined) {
    return `Missing ${name}`;
  }
  if (message.kind === 'response') {
    return undefined;
  }
  return addressOf(line) === undefined ? `Bad ${name}: not an address with parameters` : undefined;
}

function badCallId(message: SipMessage, line: Header | undefined): string | undefined {
  if (line === undefined) {
    return 'Missing Call-ID';
  }
  if (message.kind === 'response') {
    return undefined;
  }
  return callIdOf(line) === undefined ? 'Bad Call-ID: not word or word@word' : undefined;
}

function badCSeq(message: SipMessage, line: Header | undefined): string | undefined {
  if (line === undefined) {
    return 'Missing CSeq';
  }
  const cseq = cseqOf(line);
  if (cseq === undefined) {
    return 'Bad CSeq: not a number below 2^32 and a method';
  }
  return message.kind === 'request' && cseq.method !== message.method
    ? 'Bad CSeq: method is not that of the request'
    : undefined;
}

function badRequest(request: SipRequest): string | undefined {
  const uri = parseUri(request.uri);
  if (uri === undefined) {
    return 'Bad Request-URI: not a URI';
  }
  if (uri.kind === 'sip' && uri.headers !== undefined) {
    return 'Bad Request-URI: has headers'; // 19.1.1, table 1
  }
  for (const h of request.headers) {
    const flaw = badInRequest(request, h);
    if (flaw !== undefined) {
      return flaw;
    }
  }
  return undefined;
}

/** Routes say where the request goes; a REGISTER without its Contact would be a query. */
function badInRequest(request: SipRequest, h: Header): string | undefined {
  switch (h.key) {
    case 'max-forwards':
      return maxForwardsOf(h) === undefined ? 'Bad Max-Forwards: not a number from 0 to 255' : undefined;
    case 'route':
      return addressesOf(h) === undefined ? 'Bad Route: not a list of addresses' : undefined;
    case 'contact':
      return request.method === 'REGISTER' && h.value !== '*' && addressesOf(h) === undefined
        ? 'Bad Contact: not a list of addresses'
        : undefined;
    default:
      return undefined;
  }
}
