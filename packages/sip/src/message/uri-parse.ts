import { PASSWORD, URI_HEADER, USER, decimal, escapesAreWhole, isDigit, isHex, spanEnd } from './chars.js';
import { Cache } from './cache.js';
import { hostEnd } from './host.js';
import { formatParams, parseUriParams } from './params.js';
import type { OtherUri, SipUri, TelUri, Uri } from './uri.js';

/** URIs seen of late: an element meets the same ones again and again. A long one is parsed each time. */
const seen = new Cache<Uri>(1024);
const MAX_SEEN_LENGTH = 128;

/** A URI as RFC 3261 25.1 (sip, sips), RFC 3966 (tel) or RFC 3986 (any other scheme) has it; undefined where it is none. */
export function parseUri(text: string): Uri | undefined {
  const known = seen.get(text);
  if (known !== undefined) {
    return known;
  }
  const uri = parse(text);
  if (uri !== undefined && text.length <= MAX_SEEN_LENGTH) {
    seen.set(text, uri);
  }
  return uri;
}

function parse(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0 || (text.includes('%') && !escapesAreWhole(text, colon, text.length))) {
    return undefined;
  }
  const scheme = text.slice(0, colon).toLowerCase();
  switch (scheme) {
    case 'sip':
    case 'sips':
      return sipUri(scheme, text, colon + 1);
    case 'tel':
      return telUri(text, colon + 1);
    default:
      return otherUri(scheme, text, colon + 1);
  }
}

/**
 * The URI as text; `formatUri(parseUri(text))` differs from `text` at most in the case of scheme, host and parameter
 * names.
 */
export function formatUri(uri: Uri): string {
  switch (uri.kind) {
    case 'sip': {
      const password = uri.password === undefined ? '' : `:${uri.password}`;
      const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
      const port = uri.port === undefined ? '' : `:${uri.port}`;
      const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
      return `${uri.scheme}:${user}${uri.host}${port}${formatParams(uri.params)}${headers}`;
    }
    case 'tel':
      return `tel:${uri.number}${formatParams(uri.params)}`;
    case 'other':
      return uri.text;
  }
}

function sipUri(scheme: 'sip' | 'sips', text: string, from: number): SipUri | undefined {
  const end = text.length;
  let user: string | undefined;
  let password: string | undefined;
  let hostAt = from;
  const at = text.indexOf('@', from); // not allowed unescaped after the user
  if (at >= 0) {
    const userEnd = spanEnd(text, from, at, USER);
    const passwordAt = userEnd < at && text.charCodeAt(userEnd) === 58 ? userEnd + 1 : -1;
    if (
      userEnd === from ||
      (userEnd < at && (passwordAt < 0 || spanEnd(text, passwordAt, at, PASSWORD) < at))
    ) {
      return undefined;
    }
    user = text.slice(from, userEnd);
    password = passwordAt < 0 ? undefined : text.slice(passwordAt, at);
    hostAt = at + 1;
  }
  const hostStop = hostEnd(text, hostAt, end);
  if (hostStop < 0) {
    return undefined;
  }
  let rest = hostStop;
  let port: number | undefined;
  if (text.charCodeAt(rest) === 58) {
    const portAt = rest + 1;
    rest = portAt;
    while (isDigit(text.charCodeAt(rest))) {
      rest++;
    }
    port = decimal(text, portAt, rest, 65_535);
    if (port < 0) {
      return undefined;
    }
  }
  const question = text.indexOf('?', rest);
  const params = parseUriParams(text, rest, question < 0 ? end : question);
  const headers = question < 0 ? undefined : text.slice(question + 1);
  if (params === undefined || (headers !== undefined && !areUriHeaders(headers))) {
    return undefined;
  }
  return {
    kind: 'sip',
    scheme,
    user,
    password,
    host: text.slice(hostAt, hostStop).toLowerCase(),
    port,
    params,
    headers,
  };
}

/** `hname=hvalue&…`; a value may be empty, a name may not. */
function areUriHeaders(text: string): boolean {
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (
      equals <= 0 ||
      spanEnd(pair, 0, equals, URI_HEADER) < equals ||
      spanEnd(pair, equals + 1, pair.length, URI_HEADER) < pair.length
    ) {
      return false;
    }
  }
  return true;
}

/**
 * RFC 3966 3. A local number without `phone-context` is let in (RFC 2806, which RFC 3261 cites, did not ask for one, and
 * `tel:112` is what phones send).
 */
function telUri(text: string, from: number): TelUri | undefined {
  const end = text.length;
  const global = text.charCodeAt(from) === 43;
  let digits = 0;
  let at = global ? from + 1 : from;
  for (; at < end && text.charCodeAt(at) !== 59; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code) || (!global && (isHex(code) || code === 42 || code === 35))) {
      digits++;
    } else if (code !== 45 && code !== 46 && code !== 40 && code !== 41) {
      return undefined;
    }
  }
  const params = digits === 0 ? undefined : parseUriParams(text, at, end);
  return params === undefined ? undefined : { kind: 'tel', number: text.slice(from, at), params };
}

function otherUri(scheme: string, text: string, from: number): OtherUri | undefined {
  const first = scheme.charCodeAt(0);
  if (from === text.length || first < 97 || first > 122) {
    return undefined;
  }
  for (let i = 1; i < scheme.length; i++) {
    const code = scheme.charCodeAt(i);
    if (!isDigit(code) && (code < 97 || code > 122) && code !== 43 && code !== 45 && code !== 46) {
      return undefined;
    }
  }
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code >= 127 || code === 60 || code === 62 || code === 34) {
      return undefined;
    }
  }
  return { kind: 'other', scheme, text };
}
