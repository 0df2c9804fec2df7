import { isWildcarded } from '@ims-sim/cx';
import { publicIdentityOf } from '@ims-sim/sip';
import type { ImplicitSet, ServedUser } from './served-user.js';
import { Wildcards } from './wildcard.js';

/** The users of all sets: by their identities as text, by the keys of these, and by the patterns of wildcarded ones. */
export class ServedUsers {
  readonly #users = new Map<string, ServedUser>();
  readonly #wildcards = new Wildcards();

  /** Only the very text, as in the profile or as a key. */
  spelled(identity: string): ServedUser | undefined {
    return this.#users.get(identity);
  }

  /** By the identity's key; an exact identity goes before a pattern that it matches. */
  find(key: string): ServedUser | undefined {
    return this.#users.get(key) ?? this.#wildcards.find(key);
  }

  add({ users, wildcards }: ImplicitSet): void {
    for (const user of users) {
      if (isWildcarded(user.identity)) {
        continue;
      }
      this.#users.set(user.identity, user);
      const key = publicIdentityOf(user.identity);
      if (key !== undefined) {
        this.#users.set(key, user);
      }
    }
    for (const wildcard of wildcards) {
      this.#wildcards.add(wildcard);
    }
  }

  remove(set: ImplicitSet): void {
    for (const { identity } of set.users) {
      for (const name of [identity, publicIdentityOf(identity) ?? identity]) {
        if (this.#users.get(name)?.set === set) {
          this.#users.delete(name);
        }
      }
    }
    for (const wildcard of set.wildcards) {
      this.#wildcards.remove(wildcard);
    }
  }
}
