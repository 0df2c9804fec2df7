import { TOKEN, isOf, isSpace, quotedEnd, skipSpace } from './chars.js';
import type { NameAddr } from './fields.js';
import { splitValues, trimmed } from './list.js';
import { NO_PARAMS, parseHeaderParams } from './params.js';
import { parseUri } from './uri-parse.js';

/** One name-addr or addr-spec with its header parameters (RFC 3261 20.10); undefined where it is none. */
export function parseNameAddr(value: string): NameAddr | undefined {
  const text = trimmed(value, 0, value.length);
  const open = openingBracket(text);
  if (open === -2) {
    return undefined;
  }
  if (open === -1) {
    return addrSpec(text);
  }
  const close = text.indexOf('>', open);
  if (close < 0) {
    return undefined;
  }
  const uriText = text.slice(open + 1, close);
  const uri = parseUri(uriText);
  const params = uri === undefined ? undefined : parseHeaderParams(text, close + 1);
  if (uri === undefined || params === undefined) {
    return undefined;
  }
  return { displayName: displayName(text, open), uriText, uri, params, text };
}

/** The comma-separated name-addrs of one header value; undefined where any of them is none. */
export function parseNameAddrList(value: string): NameAddr[] | undefined {
  if (!value.includes(',')) {
    const only = parseNameAddr(value);
    return only === undefined ? undefined : [only];
  }
  const result: NameAddr[] = [];
  for (const text of splitValues(value)) {
    const one = parseNameAddr(text);
    if (one === undefined) {
      return undefined;
    }
    result.push(one);
  }
  return result;
}

/** Where `<` stands; -1: there is none, an addr-spec; -2: what is before it is no display name. */
function openingBracket(text: string): number {
  if (text.charCodeAt(0) === 34) {
    const end = quotedEnd(text, 0);
    const open = end < 0 ? -1 : skipSpace(text, end, text.length);
    return open >= 0 && text.charCodeAt(open) === 60 ? open : -2;
  }
  const open = text.indexOf('<');
  for (let i = 0; i < open; i++) {
    const code = text.charCodeAt(i);
    if (!isOf(code, TOKEN) && !isSpace(code)) {
      return -2;
    }
  }
  return open;
}

function displayName(text: string, open: number): string | undefined {
  if (open === 0) {
    return undefined;
  }
  if (text.charCodeAt(0) === 34) {
    return text.slice(1, quotedEnd(text, 0) - 1);
  }
  return trimmed(text, 0, open);
}

/** Without brackets, parameters are the header's, and the URI may have no `?` and no comma (20.10). */
function addrSpec(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';');
  const uriText = trimmed(text, 0, semicolon < 0 ? text.length : semicolon);
  if (uriText.includes('?') || uriText.includes(',')) {
    return undefined;
  }
  const uri = parseUri(uriText);
  const params = semicolon < 0 ? NO_PARAMS : parseHeaderParams(text, semicolon);
  return uri === undefined || params === undefined
    ? undefined
    : { displayName: undefined, uriText, uri, params, text };
}
