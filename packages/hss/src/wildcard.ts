import { compileWildcard as matcherOf, isWildcarded } from '@ims-sim/cx';
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

/**
 * The wildcard that an identity is; undefined where it is none, or its expression is no POSIX extended regular expression.
 */
export function compileWildcard(identity: string): Wildcard | undefined {
  const normal = isWildcarded(identity) ? normalizeIdentity(identity) : '';
  const matches = matcherOf(normal);
  return matches && { identity, prefix: normal.slice(0, normal.indexOf('!')), matches };
}

/**
 * Of two wildcards that both match, the one that is more specific: with the longer prefix, else the first in the order of
 * their characters. (The specification leaves it open; two lookups must give the same.)
 */
export function bySpecificity(a: Wildcard, b: Wildcard): number {
  if (a.prefix.length !== b.prefix.length) return b.prefix.length - a.prefix.length;
  return a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0;
}
