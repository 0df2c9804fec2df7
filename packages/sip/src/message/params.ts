import { TOKEN, URI_PARAM, VALUE, quotedEnd, skipSpace, spanEnd } from './chars.js';
import type { Params } from './uri.js';

export const NO_PARAMS: Params = new Map<string, string | true>();

/**
 * The `;name[=value]` of a header from `at` to the end of `text` (RFC 3261 25.1 generic-param, white space around `;`
 * and `=` allowed). Undefined where they are not that, or a name is there twice (7.3.1).
 */
export function parseHeaderParams(text: string, at: number): Params | undefined {
  const end = text.length;
  at = skipSpace(text, at, end);
  if (at === end) {
    return NO_PARAMS;
  }
  const params = new Map<string, string | true>();
  while (at < end) {
    if (text.charCodeAt(at) !== 59) {
      return undefined;
    }
    const nameAt = skipSpace(text, at + 1, end);
    const nameEnd = spanEnd(text, nameAt, end, TOKEN);
    if (nameEnd === nameAt) {
      return undefined;
    }
    const name = paramName(text, nameAt, nameEnd);
    at = skipSpace(text, nameEnd, end);
    let value: string | true = true;
    if (text.charCodeAt(at) === 61) {
      const valueAt = skipSpace(text, at + 1, end);
      const valueEnd =
        text.charCodeAt(valueAt) === 34 ? quotedEnd(text, valueAt) : spanEnd(text, valueAt, end, VALUE);
      if (valueEnd <= valueAt) {
        return undefined;
      }
      value = text.slice(valueAt, valueEnd);
      at = skipSpace(text, valueEnd, end);
    }
    if (params.has(name)) {
      return undefined;
    }
    params.set(name, value);
  }
  return params;
}

/** The `;name[=value]` of a URI in [at, end), without white space (RFC 3261 25.1 uri-parameters); undefined as above. */
export function parseUriParams(text: string, at: number, end: number): Params | undefined {
  if (at === end) {
    return NO_PARAMS;
  }
  const params = new Map<string, string | true>();
  while (at < end) {
    const nameEnd = spanEnd(text, at + 1, end, URI_PARAM);
    if (text.charCodeAt(at) !== 59 || nameEnd === at + 1) {
      return undefined;
    }
    const name = paramName(text, at + 1, nameEnd);
    let value: string | true = true;
    at = nameEnd;
    if (at < end && text.charCodeAt(at) === 61) {
      const valueEnd = spanEnd(text, at + 1, end, URI_PARAM);
      if (valueEnd === at + 1) {
        return undefined;
      }
      value = text.slice(at + 1, valueEnd);
      at = valueEnd;
    }
    if (params.has(name)) {
      return undefined;
    }
    params.set(name, value);
  }
  return params;
}

/** `;name=value;flag`, in their order. */
export function formatParams(params: Params): string {
  let text = '';
  for (const [name, value] of params) {
    text += value === true ? `;${name}` : `;${name}=${value}`;
  }
  return text;
}

/** The frequent names without a new string for each. */
const FREQUENT = ['lr', 'tag', 'rport', 'branch', 'received'] as const;

function paramName(text: string, at: number, end: number): string {
  for (const name of FREQUENT) {
    if (name.length === end - at && text.startsWith(name, at)) {
      return name;
    }
  }
  return text.slice(at, end).toLowerCase();
}
