import { compileEre, type Matcher } from '@ims-sim/cx';
import type { ServedUser } from './served-user.js';

/** A wildcarded public identity of a profile (TS 23.003 13.5), ready to be held against identities. */
export interface Wildcard {
  readonly user: ServedUser;
  readonly matches: Matcher;
}

/** Longer identities match no wildcard: no UE has one, and a stranger's are not worth the work. */
const MAX_IDENTITY = 512;

/** TS 23.003 13.5: an extended regular expression between two exclamation marks stands in it. */
export function isWildcarded(identity: string): boolean {
  const first = identity.indexOf('!');
  return first >= 0 && identity.indexOf('!', first + 1) > 0;
}

/**
 * TS 23.003 13.5: what is outside of the exclamation marks is text, what is between is an extended regular expression;
 * the whole identity must match. Undefined where the expression is none.
 */
export function compileWildcard(identity: string): Matcher | undefined {
  const first = identity.indexOf('!');
  const last = identity.lastIndexOf('!');
  if (first < 0 || last === first) {
    return undefined;
  }
  const before = identity.slice(0, first);
  const after = identity.slice(last + 1);
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

/** The domain that a wildcarded or plain identity is of; empty: a telephone number, or one that is a pattern itself. */
export function domainOf(identity: string): string {
  const at = identity.lastIndexOf('@');
  const domain =
    at < 0 || !identity.toLowerCase().startsWith('sip') ? '' : identity.slice(at + 1).toLowerCase();
  return domain.includes('!') ? '' : domain;
}

/** The wildcarded identities of all users, by their domains: few are looked at for one identity. */
export class Wildcards {
  readonly #byDomain = new Map<string, Set<Wildcard>>();

  add(wildcard: Wildcard): void {
    const domain = domainOf(wildcard.user.identity);
    const all = this.#byDomain.get(domain);
    if (all === undefined) {
      this.#byDomain.set(domain, new Set([wildcard]));
    } else {
      all.add(wildcard);
    }
  }

  remove(wildcard: Wildcard): void {
    const domain = domainOf(wildcard.user.identity);
    const all = this.#byDomain.get(domain);
    if (all?.delete(wildcard) === true && all.size === 0) {
      this.#byDomain.delete(domain);
    }
  }

  /** The user as whom `identity` is served: with that identity, and the one of the profile that it matches. */
  find(identity: string): ServedUser | undefined {
    if (this.#byDomain.size === 0) {
      return undefined;
    }
    const domain = domainOf(identity);
    return this.#among(domain, identity) ?? (domain === '' ? undefined : this.#among('', identity));
  }

  #among(domain: string, identity: string): ServedUser | undefined {
    for (const { user, matches } of this.#byDomain.get(domain) ?? []) {
      if (matches(identity)) {
        return { ...user, identity, wildcarded: user.identity };
      }
    }
    return undefined;
  }
}
