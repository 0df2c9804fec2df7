import { sameHost } from './host.js';
import type { Params, SipUri, TelUri, Uri } from './uri.js';

/** Equal by the rules of their scheme: RFC 3261 19.1.4 (with RFC 5954 for IPv6), RFC 3966 5; any other: the same text. */
export function uriEquals(a: Uri, b: Uri): boolean {
  if (a.kind === 'sip' && b.kind === 'sip') {
    return sipEquals(a, b);
  }
  if (a.kind === 'tel' && b.kind === 'tel') {
    return telEquals(a, b);
  }
  return a.kind === 'other' && b.kind === 'other' && a.scheme === b.scheme && rest(a.text) === rest(b.text);
}

/** RFC 3966 5: visual separators and case do not count, the order of parameters neither; each must be in both. */
function telEquals(a: TelUri, b: TelUri): boolean {
  if (digits(a.number) !== digits(b.number) || a.params.size !== b.params.size) {
    return false;
  }
  for (const [name, value] of a.params) {
    const other = b.params.get(name);
    if (other === undefined || telValue(name, value) !== telValue(name, other)) {
      return false;
    }
  }
  return true;
}

/** Parameters that count even where only one URI has them (19.1.4). */
const NEVER_IGNORED = ['user', 'ttl', 'method', 'maddr', 'transport'] as const;

function sipEquals(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    sameEscaped(a.user, b.user) &&
    sameEscaped(a.password, b.password) &&
    a.port === b.port &&
    sameHost(a.host, b.host) &&
    sameParams(a.params, b.params) &&
    sameHeaders(a.headers, b.headers)
  );
}

function sameParams(a: Params, b: Params): boolean {
  const left = unescapedParams(a);
  const right = unescapedParams(b);
  for (const name of NEVER_IGNORED) {
    if (left.has(name) !== right.has(name)) {
      return false;
    }
  }
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other !== undefined && other !== value) {
      return false;
    }
  }
  return true;
}

function unescapedParams(params: Params): Params {
  const result = new Map<string, string | true>();
  for (const [name, value] of params) {
    result.set(
      withoutNeedlessEscapes(name).toLowerCase(),
      value === true ? true : withoutNeedlessEscapes(value).toLowerCase(),
    );
  }
  return result;
}

/** Header components count always, in any order. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sortedHeaders(a) === sortedHeaders(b));
}

function sortedHeaders(text: string): string {
  const pairs = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return (
      withoutNeedlessEscapes(pair.slice(0, equals)).toLowerCase() +
      '=' +
      withoutNeedlessEscapes(pair.slice(equals + 1))
    );
  });
  return pairs.sort().join('&');
}

function sameEscaped(a: string | undefined, b: string | undefined): boolean {
  return (
    a === b || (a !== undefined && b !== undefined && withoutNeedlessEscapes(a) === withoutNeedlessEscapes(b))
  );
}

/**
 * An escaped character that is not reserved is the character itself; other escapes in upper case (RFC 3261 19.1.4,
 * RFC 2396).
 */
export function withoutNeedlessEscapes(text: string): string {
  return text.includes('%')
    ? text.replace(/%[0-9a-f]{2}/gi, (escape) => {
        const character = String.fromCharCode(parseInt(escape.slice(1), 16));
        return /[\w.!~*'()-]/.test(character) ? character : escape.toUpperCase();
      })
    : text;
}

function digits(number: string): string {
  return number.replace(/[-.()]/g, '').toLowerCase();
}

function telValue(name: string, value: string | true): string {
  if (value === true) {
    return '';
  }
  const isNumber = name === 'ext' || (name === 'phone-context' && value.startsWith('+'));
  return isNumber ? digits(value) : withoutNeedlessEscapes(value).toLowerCase();
}

function rest(uri: string): string {
  return uri.slice(uri.indexOf(':'));
}
