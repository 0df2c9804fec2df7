import { readFileSync } from 'node:fs';
import { parseMessage, type Header, type SipMessage, type SipRequest } from '../src/index.js';

/** A message out of its text, whose lines may end with LF alone; throws where it is none. */
export function messageOf(text: string): SipMessage {
  const parsed = parseMessage(text.replace(/\r?\n/g, '\r\n'));
  if (parsed.kind !== 'message') throw new Error(`${parsed.kind}: ${text}`);
  return parsed.message;
}

export function requestOf(text: string): SipRequest {
  const message = messageOf(text);
  if (message.kind !== 'request') throw new Error(`Not a request: ${text}`);
  return message;
}

/** A request out of a file, with some of its text replaced; throws where that text is not in it. */
export function requestIn(
  file: URL,
  changes: readonly (readonly [from: string, to: string])[] = [],
): SipRequest {
  let text = readFileSync(file, 'latin1');
  for (const [from, replacement] of changes) {
    if (!text.includes(from)) throw new Error(`${file.pathname} has no ${JSON.stringify(from)}`);
    text = text.replace(from, replacement);
  }
  return requestOf(text);
}

interface WithHeaders {
  readonly headers?: readonly Header[] | undefined;
}

/** `Name: value` of every header, in order. */
export function lines({ headers = [] }: WithHeaders): string[] {
  return headers.map(({ line }) => line);
}

/** The lines of one header as they stand. */
export function valuesOf({ headers = [] }: WithHeaders, key: string): string[] {
  return headers.filter((h) => h.key === key).map(({ value }) => value);
}
