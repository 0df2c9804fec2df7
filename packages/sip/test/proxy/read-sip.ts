import { readFileSync } from 'node:fs';
import { parseMessage, type SipMessage, type SipRequest } from '../../src/index.js';

/** The text of `messages/NAME.sip`, as on the wire: CRLF at the end of lines, one character a byte. */
export function sipText(name: string): string {
  return readFileSync(
    new URL(`../../../test/proxy/messages/${name}.sip`, import.meta.url),
    'latin1',
  ).replaceAll('\n', '\r\n');
}

export function sipMessage(text: string): SipMessage {
  const parsed = parseMessage(text);
  if (parsed.kind !== 'message') {
    throw new Error(`${parsed.kind}: ${text}`);
  }
  return parsed.message;
}

export function sipRequest(text: string): SipRequest {
  const message = sipMessage(text);
  if (message.kind !== 'request') {
    throw new Error(`Not a request: ${text}`);
  }
  return message;
}

/** A request out of its lines. */
export function request(startLine: string, ...headers: string[]): SipRequest {
  return sipRequest([startLine, ...headers, '', ''].join('\r\n'));
}
