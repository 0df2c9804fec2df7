import { normalizeIdentity } from './public-identity.js';

/** A wildcarded public identity (TS 23.003 13.5), ready to be matched. */
export interface Wildcard {
  /** As the profile has it, e.g. `sip:chatlist!.*!@home1.net`. */
  readonly identity: string;
  /** What every identity that matches begins with, normalized: all before the first exclamation mark. */
  readonly prefix: string;
  /** Whether an identity in the form of `normalizeIdentity` is one of those that it stands for. */
  matches(normalized: string): boolean;
}

/** Of an expression and of what is held against it. */
const MAX_EXPRESSION = 128;
const MAX_IDENTITY = 512;

/**
 * Whether an identity is a wildcarded one by its form: an expression between the outer two of its exclamation marks, which
 * stand in the user part (TS 23.003 13.5).
 */
export function isWildcard(identity: string): boolean {
  const from = identity.indexOf('!');
  return from >= 0 && identity.lastIndexOf('!') > from + 1;
}

/**
 * The wildcard that an identity is; undefined where it is none, or its expression is no POSIX extended regular expression, or
 * one that could take long (a choice within a group that is repeated).
 */
export function compileWildcard(identity: string): Wildcard | undefined {
  if (!isWildcard(identity)) return undefined;
  const normal = normalizeIdentity(identity);
  const from = normal.indexOf('!');
  const to = normal.lastIndexOf('!');
  const expression = normal.slice(from + 1, to);
  if (expression.length > MAX_EXPRESSION || repeatsAChoice(expression)) return undefined;
  const regExp = compiled(
    `^(?:${expression.replace(/\[:(\w+):\]/g, (_, name: string) => classes[name] ?? '[:')})$`,
  );
  if (regExp === undefined) return undefined;
  const prefix = normal.slice(0, from);
  const suffix = normal.slice(to + 1);
  return {
    identity,
    prefix,
    matches: (normalized) =>
      normalized.length >= prefix.length + suffix.length &&
      normalized.length <= MAX_IDENTITY &&
      normalized.startsWith(prefix) &&
      normalized.endsWith(suffix) &&
      regExp.test(normalized.slice(prefix.length, normalized.length - suffix.length)),
  };
}

/**
 * Of two wildcards that both match, the one that is more specific: with the longer prefix, else the first in the order of
 * their characters. (The specification leaves it open; two lookups must give the same.)
 */
export function bySpecificity(a: Wildcard, b: Wildcard): number {
  if (a.prefix.length !== b.prefix.length) return b.prefix.length - a.prefix.length;
  return a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0;
}

const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

function compiled(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined; // No expression: the caller says so.
  }
}

/** `(a*)*`, `(a|aa)+`: what takes exponential time. */
function repeatsAChoice(expression: string): boolean {
  const hasChoice: boolean[] = [];
  let closed = false;
  for (let at = 0; at < expression.length; at++) {
    const char = expression.charAt(at);
    const isQuantifier = char === '*' || char === '+' || char === '{';
    if (isQuantifier && closed) return true;
    closed = false;
    if (char === '\\') at++;
    else if (char === '[') at = Math.max(at, expression.indexOf(']', at + 2));
    else if (char === '(') hasChoice.push(false);
    else if (char === ')') {
      closed = hasChoice.pop() === true;
      if (closed && hasChoice.length > 0) hasChoice[hasChoice.length - 1] = true;
    } else if ((isQuantifier || char === '|' || char === '?') && hasChoice.length > 0) {
      hasChoice[hasChoice.length - 1] = true;
    }
  }
  return false;
}
