import type { UserProfile } from '@ims-sim/cx';
import type { Clock, Timer } from '@ims-sim/host';
import { publicIdentity, publicIdentityOf, type NameAddr } from '@ims-sim/sip';
import { usersOf, type Binding, type ImplicitSet, type ServedUser } from './served-user.js';

export interface RegistrarLimits {
  /** Expiry below it is refused with 423. */
  readonly minExpiresS: number;
  /** Expiry above it is shortened. */
  readonly maxExpiresS: number;
  /** Where a REGISTER names none. */
  readonly defaultExpiresS: number;
  /** Implicit registration sets kept, at most. */
  readonly maxSets: number;
  /** Contacts of one set, at most. */
  readonly maxContacts: number;
}

/** TS 24.229 5.1.1.2: a UE asks for 600,000 s. */
export const DEFAULT_LIMITS: RegistrarLimits = {
  minExpiresS: 60,
  maxExpiresS: 600_000,
  defaultExpiresS: 600_000,
  maxSets: 100_000,
  maxContacts: 10,
};

/** How long the profile of a user who is not registered is kept after it was asked for. */
const UNREGISTERED_KEPT_MS = 60_000;
/** Expired bindings are looked for no more often than that. */
const SWEEP_MS = 1000;

export type Expired = (user: ServedUser, privateIdentity: string) => void;

/**
 * The registrar of an S-CSCF: who is registered and where, and the profiles of the users that it serves. One timer
 * for all.
 */
export class Registrar {
  readonly limits: RegistrarLimits;
  readonly #clock: Clock;
  readonly #onExpired: Expired;
  /** By the identity as text and by its key. */
  readonly #users = new Map<string, ServedUser>();
  readonly #sets = new Set<ImplicitSet>();
  /** How many bindings have a P-CSCF in their Path. */
  readonly #pathHosts = new Map<string, number>();
  #timer: Timer | undefined;
  #timerAtMs = Infinity;

  /** `onExpired`: the last binding of a private identity has expired. */
  constructor(clock: Clock, limits: Partial<RegistrarLimits>, onExpired: Expired) {
    this.#clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#sets.size;
  }

  /** Whether another set can be kept. */
  get hasRoom(): boolean {
    return this.#sets.size < this.limits.maxSets;
  }

  /** The user with an identity as text, if it is spelled as in the profile. */
  userSpelled(identity: string): ServedUser | undefined {
    return this.#users.get(identity);
  }

  /** The user whose identity a header or a Request-URI has. */
  user({ uriText, uri }: Pick<NameAddr, 'uriText' | 'uri'>): ServedUser | undefined {
    const user = this.#users.get(uriText);
    if (user !== undefined) {
      return user;
    }
    const key = publicIdentity(uri);
    return key === undefined || key === uriText ? undefined : this.#users.get(key);
  }

  /** Whether a host is the P-CSCF of a user who is registered here. */
  isPCscf(host: string): boolean {
    return this.#pathHosts.has(host);
  }

  /**
   * Takes over a profile; the user's bindings stay. Undefined where the profile does not have `publicIdentity`, or
   * there is no room.
   */
  assign(profile: UserProfile, publicIdentity: string): ServedUser | undefined {
    const key = publicIdentityOf(publicIdentity);
    const known = key === undefined ? undefined : this.#users.get(key);
    const set: ImplicitSet = known?.set ?? { users: [], bindings: [], keptUntilMs: 0 };
    const users = usersOf(profile, set);
    if (key === undefined || !users.some(({ identity }) => publicIdentityOf(identity) === key)) {
      return undefined;
    }
    if (known === undefined && !this.hasRoom) {
      return undefined;
    }
    this.#forgetUsers(set);
    set.users = users;
    set.keptUntilMs = this.#clock.now() + UNREGISTERED_KEPT_MS;
    this.#sets.add(set);
    for (const user of users) {
      this.#users.set(user.identity, user);
      const its = publicIdentityOf(user.identity);
      if (its !== undefined) {
        this.#users.set(its, user);
      }
    }
    this.#arm(set.keptUntilMs);
    return this.#users.get(key);
  }

  /** Gives the set these bindings in place of those that it has. */
  bind(set: ImplicitSet, bindings: readonly Binding[]): void {
    for (const { pathHost } of set.bindings) {
      this.#count(pathHost, -1);
    }
    set.bindings = bindings;
    for (const { pathHost, expiresAtMs } of bindings) {
      this.#count(pathHost, 1);
      this.#arm(expiresAtMs);
    }
  }

  /** Forgets the set with its users and bindings. */
  remove(set: ImplicitSet): void {
    this.bind(set, []);
    this.#forgetUsers(set);
    this.#sets.delete(set);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
  }

  #forgetUsers(set: ImplicitSet): void {
    for (const { identity } of set.users) {
      for (const name of [identity, publicIdentityOf(identity) ?? identity]) {
        if (this.#users.get(name)?.set === set) {
          this.#users.delete(name);
        }
      }
    }
  }

  #count(host: string | undefined, by: number): void {
    if (host === undefined) {
      return;
    }
    const count = (this.#pathHosts.get(host) ?? 0) + by;
    if (count > 0) {
      this.#pathHosts.set(host, count);
    } else {
      this.#pathHosts.delete(host);
    }
  }

  #arm(atMs: number): void {
    if (atMs >= this.#timerAtMs) {
      return;
    }
    this.#timer?.cancel();
    this.#timerAtMs = atMs;
    this.#timer = this.#clock.timer(atMs - this.#clock.now(), () => this.#sweep());
  }

  #sweep(): void {
    this.close();
    const nowMs = this.#clock.now();
    let nextMs = Infinity;
    for (const set of this.#sets) {
      if (set.bindings.some(({ expiresAtMs }) => expiresAtMs <= nowMs)) {
        this.#expire(set, nowMs);
      } else if (set.bindings.length === 0 && set.keptUntilMs <= nowMs) {
        this.remove(set);
      }
      nextMs = Math.min(nextMs, this.#sets.has(set) ? dueMs(set) : Infinity);
    }
    if (nextMs < Infinity) {
      this.#arm(Math.max(nextMs, nowMs + SWEEP_MS));
    }
  }

  #expire(set: ImplicitSet, nowMs: number): void {
    const left = set.bindings.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    const gone = new Set(set.bindings.map(({ privateIdentity }) => privateIdentity));
    for (const { privateIdentity } of left) {
      gone.delete(privateIdentity);
    }
    const user = set.users[0];
    this.bind(set, left);
    if (left.length === 0) {
      this.remove(set);
    }
    for (const privateIdentity of user === undefined ? [] : gone) {
      this.#onExpired(user as ServedUser, privateIdentity);
    }
  }
}

function dueMs({ bindings, keptUntilMs }: ImplicitSet): number {
  return bindings.length === 0 ? keptUntilMs : Math.min(...bindings.map(({ expiresAtMs }) => expiresAtMs));
}
