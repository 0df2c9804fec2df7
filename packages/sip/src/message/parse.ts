import { TOKEN, decimal, isSpace, spanEnd } from './chars.js';
import { headerKey, knownAt } from './header-names.js';
import { Header } from './header.js';
import { has } from './headers.js';
import type { SipMessage } from './message.js';
import { type StartLine, parseStartLine } from './start-line.js';

/**
 * `not-sip`: to be counted and dropped. `invalid`: SIP, but wrong; a request is answered with `status` (400 where there is
 * none) and `reason`, which names what is wrong, where `message` has enough to build an answer from.
 */
export type Parsed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | {
      readonly kind: 'invalid';
      readonly reason: string;
      /** 505 for another version than SIP/2.0, 513 for a message above `LIMITS`. */
      readonly status?: number | undefined;
      readonly message?: SipMessage | undefined;
    }
  | { readonly kind: 'not-sip' };

/** What a message may measure at most. */
export const LIMITS = { messageBytes: 65_535, headers: 500, lineBytes: 16_384 } as const;

const NOT_SIP: Parsed = { kind: 'not-sip' };

/**
 * Indexes a datagram (or a message framed out of a stream) by line. `text` is latin1. Content-Length cuts the body
 * (RFC 3261 18.3); a body shorter than that is `invalid`. Lines end in CRLF (25.1): a message with a lone LF or CR is
 * `invalid`, as the next element might see other lines in it.
 */
export function parseMessage(text: string): Parsed {
  let at = 0;
  while (text.charCodeAt(at) === 13 || text.charCodeAt(at) === 10) {
    at++; // RFC 3261 7.5: empty lines before the start line
  }
  const lineFeed = text.indexOf('\n', at);
  if (lineFeed < 0) {
    return NOT_SIP;
  }
  const isWhole = text.charCodeAt(lineFeed - 1) === 13;
  const start = parseStartLine(text.slice(at, isWhole ? lineFeed - 1 : lineFeed));
  if (start === undefined) {
    return NOT_SIP;
  }
  if (text.length > LIMITS.messageBytes) {
    return { kind: 'invalid', reason: 'Message too large', status: 513 };
  }
  const head = indexHeaders(text, lineFeed + 1);
  head.flaw = start.flaw ?? head.flaw ?? (isWhole ? undefined : BARE_LF);
  const bodyEnd = head.flaw === undefined ? endOfBody(text, head) : text.length;
  const message = toMessage(start, head.headers, text.slice(head.end, bodyEnd));
  if (head.flaw !== undefined) {
    return invalid(head.flaw, start, message);
  }
  return { kind: 'message', message };
}

const BARE_LF = 'Bad line end: LF without CR';

interface Head {
  readonly headers: Header[];
  /** Where the body begins. */
  end: number;
  /** What is wrong, the first thing found. */
  flaw: string | undefined;
  contentLength: Header | undefined;
}

/** Goes on after a flaw, without the line that has it, so that there is something to answer. */
function indexHeaders(text: string, from: number): Head {
  const head: Head = { headers: [], end: text.length, flaw: undefined, contentLength: undefined };
  let at = from;
  for (let lines = 0; ; lines++) {
    let lineFeed = text.indexOf('\n', at);
    let carriage = text.indexOf('\r', at);
    if (lineFeed === carriage + 1 && carriage === at) {
      head.end = lineFeed + 1;
      return head;
    }
    let isFolded = false;
    while (lineFeed === carriage + 1 && isSpace(text.charCodeAt(lineFeed + 1)) && carriage >= 0) {
      isFolded = true;
      carriage = text.indexOf('\r', lineFeed); // folded, RFC 3261 7.3.1
      lineFeed = text.indexOf('\n', lineFeed + 1);
    }
    if (lineFeed < 0) {
      head.flaw ??= 'No empty line after the headers';
      return head;
    }
    if (lineFeed === at) {
      head.flaw ??= BARE_LF;
      head.end = lineFeed + 1;
      return head;
    }
    if (lines === LIMITS.headers) {
      head.flaw ??= 'Too many headers';
      return head;
    }
    if (lineFeed === carriage + 1) {
      head.flaw = indexLine(text, at, carriage, isFolded, head) ?? head.flaw;
    } else if (carriage >= 0 && carriage < lineFeed) {
      head.flaw ??= 'Bad line end: CR without LF';
    } else {
      head.flaw = indexLine(text, at, lineFeed, true, head) ?? head.flaw ?? BARE_LF;
    }
    at = lineFeed + 1;
  }
}

/** Adds the header at [at, end), or says what is wrong with it. */
function indexLine(text: string, at: number, end: number, isFolded: boolean, head: Head): string | undefined {
  if (end - at > LIMITS.lineBytes) {
    return 'Header line too long';
  }
  const known = knownAt(text, at);
  if (known !== undefined) {
    const added = new Header(known.key, text, at, at + known.name.length + 1, end, isFolded);
    head.headers.push(added);
    return known.key === 'content-length' ? sameLength(head, added) : undefined;
  }
  const colon = text.indexOf(':', at);
  let nameEnd = colon;
  while (nameEnd > at && isSpace(text.charCodeAt(nameEnd - 1))) {
    nameEnd--;
  }
  if (nameEnd <= at || colon > end) {
    return 'Bad header line: no name before a colon';
  }
  if (spanEnd(text, at, nameEnd, TOKEN) < nameEnd) {
    return 'Bad header line: name is not a token';
  }
  const added = new Header(headerKey(text.slice(at, nameEnd)), text, at, colon + 1, end, isFolded);
  head.headers.push(added);
  return added.key === 'content-length' ? sameLength(head, added) : undefined;
}

function sameLength(head: Head, added: Header): string | undefined {
  if (head.contentLength !== undefined && head.contentLength.value !== added.value) {
    return 'Bad Content-Length: two that differ';
  }
  head.contentLength = added;
  return undefined;
}

/** Where the body ends; a Content-Length that cannot be is a flaw. */
function endOfBody(text: string, head: Head): number {
  if (head.contentLength === undefined) {
    return text.length; // 18.3: to the end of the datagram; a stream's framer has asked for one
  }
  const value = head.contentLength.value;
  const length = decimal(value, 0, value.length, Number.MAX_SAFE_INTEGER);
  if (length < 0) {
    head.flaw = 'Bad Content-Length: not a number';
  } else if (head.end + length > text.length) {
    head.flaw = 'Bad Content-Length: more than the body has';
  } else {
    return head.end + length;
  }
  return text.length;
}

function toMessage(start: StartLine, headers: Header[], body: string): SipMessage {
  return start.kind === 'request'
    ? { kind: 'request', method: start.method, uri: start.uri, headers, body }
    : { kind: 'response', status: start.status, reason: start.reason, headers, body };
}

/** What a response copies must be there (8.2.6.2), or there is no answering. */
const COPIED = ['via', 'from', 'to', 'call-id', 'cseq'] as const;

function invalid(reason: string, start: StartLine, message: SipMessage): Parsed {
  if (start.kind === 'response') {
    return { kind: 'invalid', reason };
  }
  const isAnswerable = COPIED.every((key) => has(message.headers, key));
  return { kind: 'invalid', reason, status: start.status, message: isAnswerable ? message : undefined };
}
