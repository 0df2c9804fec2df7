import type { ChargingFunctions, UserProfile } from '@ims-sim/cx';
import type { Clock } from '@ims-sim/host';
import { publicIdentity, publicIdentityOf, type NameAddr, type SipRequest } from '@ims-sim/sip';
import { DueQueue } from './due-queue.js';
import { DueTimer } from './due-timer.js';
import { DEFAULT_LIMITS, type RegistrarLimits } from './registrar-limits.js';
import type { RegistrationEvent, RegistrationListener } from './registration-event.js';
import {
  activeIn,
  defaultUser,
  usersOf,
  wildcardsOf,
  type Binding,
  type ImplicitSet,
  type ServedUser,
  type SharedFilterCriteria,
} from './served-user.js';
import { ServedUsers } from './served-users.js';

/** How long the profile of a user who is not registered is kept after it was asked for. */
const UNREGISTERED_KEPT_MS = 60_000;
/** Expired bindings are looked for no more often than that. */
const SWEEP_MS = 1000;
/** Sets that one turn takes care of: the HSS hears of each. */
const SETS_A_TURN = 500;

export type Expired = (user: ServedUser, privateIdentity: string) => void;

/** Why bindings change: what the listeners are told beside the set. */
export interface BindingChange {
  readonly changes: RegistrationEvent['changes'];
  readonly removed?: RegistrationEvent['removed'];
  /** Where it is not what the number of bindings before and after says. */
  readonly kind?: RegistrationEvent['kind'] | undefined;
  readonly request?: SipRequest | undefined;
}

export interface RegistrarOptions {
  readonly sharedFilterCriteria?: SharedFilterCriteria | undefined;
  /** A profile names shared filter criteria that are not here. */
  readonly onUnknownCriteria?: ((set: number, identity: string) => void) | undefined;
}

/**
 * The registrar of an S-CSCF: who is registered and where, and the profiles of the users that it serves. One timer
 * for all.
 */
export class Registrar {
  readonly limits: RegistrarLimits;
  readonly #clock: Clock;
  readonly #onExpired: Expired;
  readonly #options: RegistrarOptions;
  readonly #users = new ServedUsers();
  readonly #sets = new Set<ImplicitSet>();
  readonly #due = new DueQueue<ImplicitSet>();
  /** How many bindings have a P-CSCF in their Path. */
  readonly #pathHosts = new Map<string, number>();
  readonly #listeners: RegistrationListener[] = [];
  readonly #timer: DueTimer;
  #ids = 0;

  /** `onExpired`: the last binding of a private identity has expired. */
  constructor(
    clock: Clock,
    limits: Partial<RegistrarLimits>,
    onExpired: Expired,
    options: RegistrarOptions = {},
  ) {
    this.#clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.#onExpired = onExpired;
    this.#options = options;
    const work = {
      next: () => this.#due.next?.dueMs ?? Infinity,
      expire: (nowMs: number) => this.#expire(this.#due.next, nowMs),
    };
    this.#timer = new DueTimer(clock, work, { stepMs: SWEEP_MS, perTurn: SETS_A_TURN });
  }

  get size(): number {
    return this.#sets.size;
  }

  /** Whether another set can be kept. */
  get hasRoom(): boolean {
    return this.#sets.size < this.limits.maxSets;
  }

  get sets(): ReadonlySet<ImplicitSet> {
    return this.#sets;
  }

  /** The listener hears of every change of bindings, after those that came before it, once the registrar has it. */
  onChange(listener: RegistrationListener): void {
    this.#listeners.push(listener);
  }

  /** The next identifier of a set or a binding; unique in this registrar. */
  newId(): string {
    return (this.#ids++).toString(36);
  }

  /** The user with an identity as text, if it is spelled as in the profile. */
  userSpelled(identity: string): ServedUser | undefined {
    return this.#users.spelled(identity);
  }

  /** The user whose identity a header or a Request-URI has; also one whose wildcarded identity it matches. */
  user({ uriText, uri }: Pick<NameAddr, 'uriText' | 'uri'>): ServedUser | undefined {
    const user = this.#users.spelled(uriText);
    if (user !== undefined) {
      return user;
    }
    const key = publicIdentity(uri);
    return key === undefined ? undefined : this.userOf(key);
  }

  /** The same by the identity's key (`publicIdentity`). */
  userOf(key: string): ServedUser | undefined {
    return this.#users.find(key);
  }

  /** Whether a host is the P-CSCF of a user who is registered here. */
  isPCscf(host: string): boolean {
    return this.#pathHosts.has(host);
  }

  /**
   * Takes over a profile; the user's bindings stay. Undefined where the profile does not have `publicIdentity`, or
   * there is no room.
   */
  assign(profile: UserProfile, identity: string, charging?: ChargingFunctions): ServedUser | undefined {
    const key = publicIdentityOf(identity);
    const known = key === undefined ? undefined : this.userOf(key);
    const set = known?.set ?? this.#newSet();
    const users = this.#usersOf(profile, set);
    const wildcards = wildcardsOf(users);
    const isOf =
      key !== undefined &&
      (users.some((user) => publicIdentityOf(user.identity) === key) ||
        wildcards.some(({ matches }) => matches(key)));
    if (!isOf || (known === undefined && !this.hasRoom)) {
      return undefined;
    }
    this.#replace(set, users);
    set.profileOf = profile.privateIdentity;
    set.charging = charging ?? set.charging;
    set.keptUntilMs = this.#clock.now() + UNREGISTERED_KEPT_MS;
    this.#schedule(set);
    return this.userOf(key);
  }

  /**
   * A profile that the HSS pushed (TS 29.228 6.2.2): the identities and criteria of `set` from now on. Gives the identities that
   * are none of it any more, or barred.
   */
  update(set: ImplicitSet, profile: UserProfile): { readonly removed: readonly string[] } {
    const before = activeIn(set);
    this.#replace(set, this.#usersOf(profile, set));
    const now = new Set(activeIn(set));
    return { removed: before.filter((identity) => !now.has(identity)) };
  }

  /**
   * Gives the set these bindings in place of those that it has; without any it is forgotten with its users. Then the
   * listeners are told, where something changed.
   */
  bind(set: ImplicitSet, bindings: readonly Binding[], change?: BindingChange): void {
    const hadAny = set.bindings.length > 0;
    for (const { pathHost } of set.bindings) {
      this.#count(pathHost, -1);
    }
    set.bindings = bindings;
    for (const { pathHost } of bindings) {
      this.#count(pathHost, 1);
    }
    if (bindings.length === 0) {
      this.#forget(set);
    } else {
      this.#schedule(set);
    }
    if (change === undefined || change.changes.length === 0) {
      return;
    }
    const active = bindings.length > 0;
    const event: RegistrationEvent = {
      set,
      changes: change.changes,
      removed: change.removed,
      state: active ? 'active' : 'terminated',
      kind: change.kind ?? (active ? (hadAny ? 're-registration' : 'initial') : 'de-registration'),
      request: change.request,
    };
    for (const listener of this.#listeners) {
      listener(event);
    }
  }

  close(): void {
    this.#timer.stop();
  }

  #newSet(): ImplicitSet {
    return {
      id: this.newId(),
      users: [],
      wildcards: [],
      profileOf: '',
      bindings: [],
      keptUntilMs: 0,
      dueMs: Infinity,
      dueIndex: -1,
    };
  }

  #usersOf(profile: UserProfile, set: ImplicitSet): readonly ServedUser[] {
    const { sharedFilterCriteria, onUnknownCriteria } = this.#options;
    const first = profile.serviceProfiles[0]?.publicIdentities[0]?.identity ?? profile.privateIdentity;
    return usersOf(profile, set, sharedFilterCriteria, (id) => onUnknownCriteria?.(id, first));
  }

  #replace(set: ImplicitSet, users: readonly ServedUser[]): void {
    this.#users.remove(set);
    set.users = users;
    set.wildcards = wildcardsOf(users);
    this.#sets.add(set);
    this.#users.add(set);
  }

  #forget(set: ImplicitSet): void {
    this.#users.remove(set);
    this.#sets.delete(set);
    this.#due.remove(set);
    if (this.#due.next === undefined) {
      this.close();
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

  #schedule(set: ImplicitSet): void {
    this.#due.put(set, dueMs(set));
    this.#timer.arm(set.dueMs);
  }

  #expire(set: ImplicitSet | undefined, nowMs: number): void {
    if (set === undefined) {
      return;
    }
    const left = set.bindings.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    const expired = set.bindings.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    const gone = new Set(expired.map(({ privateIdentity }) => privateIdentity));
    for (const { privateIdentity } of left) {
      gone.delete(privateIdentity);
    }
    const user = defaultUser(set);
    this.bind(set, left, { changes: expired.map((binding) => ({ binding, event: 'expired' as const })) });
    for (const privateIdentity of user === undefined ? [] : gone) {
      this.#onExpired(user as ServedUser, privateIdentity);
    }
  }
}

function dueMs({ bindings, keptUntilMs }: ImplicitSet): number {
  if (bindings.length === 0) {
    return keptUntilMs;
  }
  let earliestMs = Infinity;
  for (const { expiresAtMs } of bindings) {
    earliestMs = Math.min(earliestMs, expiresAtMs);
  }
  return earliestMs;
}
