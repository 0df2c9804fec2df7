import { readFileSync } from 'node:fs';
import type { SipRequest } from '../../src/index.js';
import { requestOf } from '../../test-kit/index.js';

/** The text of `messages/NAME.sip`, as on the wire: CRLF at the end of lines, one character a byte. */
export function sipText(name: string): string {
  return readFileSync(
    new URL(`../../../test/proxy/messages/${name}.sip`, import.meta.url),
    'latin1',
  ).replaceAll('\n', '\r\n');
}

/** A request out of its lines. */
export function request(startLine: string, ...headers: string[]): SipRequest {
  return requestOf([startLine, ...headers, '', ''].join('\r\n'));
}
