import type { Matcher } from '@ims-sim/cx';
import type { ServedUser } from './served-user.js';

/** A wildcarded public identity of a profile (TS 23.003 13.5), ready to be held against identities. */
export interface Wildcard {
  readonly user: ServedUser;
  readonly matches: Matcher;
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
