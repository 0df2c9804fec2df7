import { type Header } from './header.js';
import type { Headers, SipRequest } from './message.js';

/** The first header with `key` (lower-case long form). */
export function first(headers: Headers, key: string): Header | undefined {
  for (const h of headers) {
    if (h.key === key) {
      return h;
    }
  }
  return undefined;
}

/** The value of the first header with `key`. */
export function valueOf(headers: Headers, key: string): string | undefined {
  return first(headers, key)?.value;
}

/** Whether there is a header with `key` (lower-case long form), also an empty one. */
export function has(headers: Headers, key: string): boolean {
  return first(headers, key) !== undefined;
}

/** All headers with `key`, in order. */
export function every(headers: Headers, key: string): Header[] {
  return headers.filter((h) => h.key === key);
}

/** All but the headers with `key`; the same array where there is none. */
export function without(headers: Headers, key: string): Headers {
  return has(headers, key) ? headers.filter((h) => h.key !== key) : headers;
}

/**
 * The request with other headers, and perhaps another Request-URI. Written out: an object that is spread (`...request`)
 * has a hidden class of its own, and what reads requests would have to look their fields up.
 */
export function withHeaders(request: SipRequest, headers: Headers, uri = request.uri): SipRequest {
  return { kind: 'request', method: request.method, uri, headers, body: request.body };
}

/** Puts `added` before the header at `at`. */
export function inserted(headers: Headers, at: number, added: Header): Headers {
  const result: Header[] = [];
  for (let i = 0; i < at; i++) {
    result.push(headers[i] as Header);
  }
  result.push(added);
  for (let i = at; i < headers.length; i++) {
    result.push(headers[i] as Header);
  }
  return result;
}

/** Where the first header with `key` stands, or -1. */
export function indexOf(headers: Headers, key: string): number {
  for (let i = 0; i < headers.length; i++) {
    if (headers[i]?.key === key) {
      return i;
    }
  }
  return -1;
}

/** Puts `added` after the last header of its own key, or at the end where there is none. */
export function append(headers: Headers, added: Header): Headers {
  let at = headers.length;
  for (let i = headers.length - 1; i >= 0; i--) {
    if (headers[i]?.key === added.key) {
      at = i + 1;
      break;
    }
  }
  return inserted(headers, at, added);
}

/** Puts `replacement` in the place of the first header of its key and drops the others; appends it where there is none. */
export function replace(headers: Headers, replacement: Header): Headers {
  let placed = false;
  const result: Header[] = [];
  for (const h of headers) {
    if (h.key !== replacement.key) {
      result.push(h);
    } else if (!placed) {
      placed = true;
      result.push(replacement);
    }
  }
  if (!placed) {
    result.push(replacement);
  }
  return result;
}
