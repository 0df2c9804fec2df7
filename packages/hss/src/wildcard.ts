import { compileEre } from '@ims-sim/cx';
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
 * The wildcard that an identity is; undefined where it is none, or its expression is no POSIX extended regular expression.
 */
export function compileWildcard(identity: string): Wildcard | undefined {
  if (!isWildcard(identity)) return undefined;
  const normal = normalizeIdentity(identity);
  const from = normal.indexOf('!');
  const to = normal.lastIndexOf('!');
  const expression = normal.slice(from + 1, to);
  const matches = expression.length > MAX_EXPRESSION ? undefined : compileEre(`^(${expression})$`);
  if (matches === undefined) return undefined;
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
      matches(normalized.slice(prefix.length, normalized.length - suffix.length)),
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
