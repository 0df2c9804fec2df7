import { compileEre, type Matcher } from './ere.js';

/** A longer expression is none: each is compiled when a profile comes. */
const MAX_EXPRESSION = 128;
/** Longer identities match no wildcard: no UE has one, and a stranger's are not worth the work. */
const MAX_IDENTITY = 512;

/** TS 23.003 13.5: an extended regular expression stands between the outer two of its exclamation marks. */
export function isWildcarded(identity: string): boolean {
  const first = identity.indexOf('!');
  return first >= 0 && identity.lastIndexOf('!') > first + 1;
}

/**
 * What tells whether a public identity, without what `publicIdentity` of a URI leaves out, is one that a wildcarded one stands
 * for: what is outside of the exclamation marks is text, what is between an extended regular expression; the whole identity
 * must match (TS 23.003 13.5). Undefined where the expression is none.
 */
export function compileWildcard(identity: string): Matcher | undefined {
  const first = identity.indexOf('!');
  const last = identity.lastIndexOf('!');
  if (!isWildcarded(identity) || last - first > MAX_EXPRESSION + 1) {
    return undefined;
  }
  const isTel = /^tel:/i.test(identity);
  const before = withoutSeparators(identity.slice(0, first), isTel);
  const after = withoutSeparators(identity.slice(last + 1), isTel);
  const matches = compileEre(`^(${identity.slice(first + 1, last)})$`);
  return matches === undefined
    ? undefined
    : (text) =>
        text.length <= MAX_IDENTITY &&
        text.length >= before.length + after.length &&
        text.startsWith(before) &&
        text.endsWith(after) &&
        matches(text.slice(before.length, text.length - after.length));
}

/** RFC 3966 3: the visual separators of a number mean nothing. */
function withoutSeparators(text: string, isTel: boolean): string {
  return isTel ? text.replace(/[-.()]/g, '') : text;
}
