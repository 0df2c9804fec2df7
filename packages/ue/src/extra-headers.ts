import {
  append,
  has,
  header,
  headerKey,
  inserted,
  replace,
  without,
  type Headers,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import type { ExtraHeaders } from './party.js';

/**
 * The message with these headers in addition, or in the place of those of the same name; an empty value takes a header away. A name that
 * comes several times becomes as many lines.
 */
export function withExtra<M extends SipRequest | SipResponse>(message: M, extra: ExtraHeaders = []): M {
  if (extra.length === 0) {
    return message;
  }
  let headers: Headers = message.headers;
  const placed = new Set<string>();
  for (const [name, value] of extra) {
    const key = headerKey(name);
    const line = header(name, value);
    if (value === '') {
      headers = without(headers, key);
    } else if (placed.has(key)) {
      headers = append(headers, line);
    } else if (has(headers, key)) {
      headers = replace(headers, line);
    } else {
      headers = inserted(headers, beforeLength(headers), line);
    }
    placed.add(key);
  }
  return { ...message, headers };
}

function beforeLength(headers: Headers): number {
  return headers.at(-1)?.key === 'content-length' ? headers.length - 1 : headers.length;
}
