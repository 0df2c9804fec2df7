import { headerKey } from './header-names.js';
import { Header } from './header.js';
import type { SipMessage } from './message.js';

/**
 * `not-sip`: to be counted and dropped. `invalid`: SIP, but wrong; a request is answered with 400 and `reason`, which
 * names what is wrong, where `message` has enough to build an answer from.
 */
export type Parsed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | { readonly kind: 'invalid'; readonly reason: string; readonly message?: SipMessage | undefined }
  | { readonly kind: 'not-sip' };

/** What a message may measure at most. */
export const LIMITS = { messageBytes: 65_535, headers: 500, lineBytes: 16_384 } as const;

const NOT_SIP: Parsed = { kind: 'not-sip' };

/**
 * Indexes a datagram (or a message framed out of a stream) by line. `text` is latin1. Content-Length cuts the body
 * (RFC 3261 18.3); a body shorter than that is `invalid`.
 */
export function parseMessage(text: string): Parsed {
  let at = 0;
  while (text.charCodeAt(at) === 13 || text.charCodeAt(at) === 10) {
    at++; // RFC 3261 7.5: empty lines before the start line
  }
  const startEnd = text.indexOf('\r\n', at);
  if (startEnd < 0) {
    return NOT_SIP;
  }
  const startLine = text.slice(at, startEnd);
  const headers: Header[] = [];
  const end = indexHeaders(text, startEnd + 2, headers);
  if (end < 0) {
    return { kind: 'invalid', reason: 'No empty line after the headers' };
  }
  const message = fromStartLine(startLine, headers, text.slice(end));
  return message === undefined ? NOT_SIP : { kind: 'message', message };
}

/** Gives where the body begins, or -1. */
function indexHeaders(text: string, from: number, headers: Header[]): number {
  let at = from;
  for (;;) {
    let end = text.indexOf('\r\n', at);
    if (end < 0 || headers.length > LIMITS.headers) {
      return -1;
    }
    if (end === at) {
      return end + 2;
    }
    while (text.charCodeAt(end + 2) === 32 || text.charCodeAt(end + 2) === 9) {
      end = text.indexOf('\r\n', end + 2);
      if (end < 0) {
        return -1;
      }
    }
    const colon = text.indexOf(':', at);
    if (colon < 0 || colon > end) {
      return -1;
    }
    let nameEnd = colon;
    while (nameEnd > at && (text.charCodeAt(nameEnd - 1) === 32 || text.charCodeAt(nameEnd - 1) === 9)) {
      nameEnd--;
    }
    headers.push(new Header(headerKey(text.slice(at, nameEnd)), text.slice(at, end), colon + 1 - at));
    at = end + 2;
  }
}

function fromStartLine(line: string, headers: Header[], body: string): SipMessage | undefined {
  if (line.startsWith('SIP/2.0 ')) {
    const status = Number(line.slice(8, 11));
    return { kind: 'response', status, reason: line.slice(12), headers, body };
  }
  const space = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (space <= 0 || last <= space || line.slice(last + 1) !== 'SIP/2.0') {
    return undefined;
  }
  return { kind: 'request', method: line.slice(0, space), uri: line.slice(space + 1, last), headers, body };
}
