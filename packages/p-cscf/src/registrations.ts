import type { Clock } from '@ims-sim/host';
import { parseUri, type Source } from '@ims-sim/sip';
import { contactKeys, hostPort, portKey, sameUri, userKey } from './registration-keys.js';
import type { IpAssociation, Registration, Ue } from './registration.js';
import type { SecurityAssociation } from './security-associations.js';

export interface RegistrationLimits {
  /** Registrations kept, of all UEs. */
  readonly registrations: number;
  /** Registrations kept of one address, port and transport. */
  readonly perUe: number;
}

export const DEFAULT_LIMITS: RegistrationLimits = { registrations: 100_000, perUe: 32 };

/** A full table is swept no more often than this. */
const SWEEP_EVERY_MS = 1000;

/**
 * The UEs that are registered through this P-CSCF. A UE is known by the set of security associations that it sends over, or
 * without one by the address, port and transport that it sends from; neither is ever taken for the other. Expiry is looked at when somebody asks; the table is swept when it
 * is full.
 */
export class Registrations {
  readonly #clock: Clock;
  readonly #limits: RegistrationLimits;
  /** By address, then by port and transport. */
  readonly #ues = new Map<string, Map<number, { registrations: Registration[] }>>();
  /** By the URI of the contact, and by `host:port` of the contact and of the source. */
  readonly #contacts = new Map<string, Registration[]>();
  /** By the default public user identity. */
  readonly #users = new Map<string, Registration[]>();
  #size = 0;
  /** Until when a full table is not swept: the earliest expiry that the last sweep saw, or that came since. */
  #nothingDueUntilMs = 0;

  constructor(clock: Clock, limits: Partial<RegistrationLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get size(): number {
    return this.#size;
  }

  /** Those that are still valid: walks all of them. */
  get valid(): number {
    const nowMs = this.#clock.now();
    let count = 0;
    for (const ports of this.#ues.values()) {
      for (const { registrations } of ports.values()) {
        count += registrations.filter(({ expiresAtMs }) => expiresAtMs > nowMs).length;
      }
    }
    return count;
  }

  /**
   * The UE that sends from `source`, or over `association`; undefined where nothing that is registered from there is still
   * valid.
   */
  at(source: Source, association?: SecurityAssociation): Ue | undefined {
    const ue = this.#ues.get(source.remote.address)?.get(portKey(source, association));
    if (ue === undefined) {
      return undefined;
    }
    this.#expire(ue.registrations);
    if (association === undefined) {
      const valid = ue.registrations.some(isOver)
        ? { registrations: ue.registrations.filter((one) => !isOver(one)) }
        : ue;
      return valid.registrations.length > 0 ? valid : undefined;
    }
    // Another UE may have agreed on the same address and port: what one registered is not the other's.
    const registrations = ue.registrations.filter(
      (one) => one.isEnded !== true && one.association?.agreed === association.agreed,
    );
    return registrations.length > 0 ? { registrations, association } : undefined;
  }

  #expire(registrations: readonly Registration[]): void {
    const nowMs = this.#clock.now();
    for (let i = 0; i < registrations.length; i++) {
      const registration = registrations[i];
      if (registration !== undefined && registration.expiresAtMs <= nowMs && this.#remove(registration)) {
        i--;
      }
    }
  }

  /**
   * TS 24.229 5.2.2.3: whether a REGISTER from `source` maps to an IP association. The latest that was proved there is the
   * one: another private identity at the same address and port takes its place.
   */
  mapsToIpAssociation(source: Source, { privateIdentity, sentBy }: IpAssociation): boolean {
    const proved = this.at(source)?.registrations.findLast(
      ({ ipAssociation }) => ipAssociation !== undefined,
    );
    return (
      proved?.ipAssociation?.privateIdentity === privateIdentity && proved.ipAssociation.sentBy === sentBy
    );
  }

  /** What is registered over one set of security associations is so over another, which takes its place. */
  move(from: SecurityAssociation, to: SecurityAssociation): void {
    for (const registration of this.at(from.source, from)?.registrations ?? []) {
      if (this.#has(to, registration)) {
        this.#remove(registration); // it was registered anew
      } else {
        this.replace(registration, { ...registration, source: to.source, association: to });
      }
    }
  }

  #has(association: SecurityAssociation, { publicIdentity, contact }: Registration): boolean {
    const there = this.at(association.source, association)?.registrations ?? NONE;
    return there.some((one) => sameUri(one.publicIdentity, publicIdentity) && sameUri(one.contact, contact));
  }

  /** The registrations of all UEs whose default public user identity this is. */
  ofUser(defaultIdentity: string): readonly Registration[] {
    return this.#users.get(defaultIdentity) ?? NONE;
  }

  /**
   * TS 24.229 5.2.5: a registration is over. It is kept for `leftoverMs`, without its UE being able to send anything by it: the
   * NOTIFY that tells the UE may still be on its way.
   */
  end(registration: Registration, leftoverMs: number): void {
    const expiresAtMs = Math.min(registration.expiresAtMs, this.#clock.now() + leftoverMs);
    this.replace(registration, { ...registration, isEnded: true, expiresAtMs });
  }

  /** Those of a UE for an identity: of one contact, or of all where none is given. */
  of(ue: Ue | undefined, publicIdentity: string, contact?: string): readonly Registration[] {
    return (ue?.registrations ?? NONE).filter(
      (one) =>
        sameUri(one.publicIdentity, publicIdentity) &&
        (contact === undefined || sameUri(one.contact, contact)),
    );
  }

  /** `now` in the place of a registration that is there. */
  replace(registration: Registration, now: Registration): void {
    if (this.#remove(registration)) {
      this.bind(now);
    }
  }

  /**
   * The registrations whose contact a Request-URI means, by its host and port. There may be several, also of
   * different UEs: nobody can take another's contact away by registering it too.
   */
  ofContact(requestUri: string): readonly Registration[] {
    let found = this.#contacts.get(requestUri);
    if (found === undefined) {
      const uri = parseUri(requestUri);
      found = uri?.kind === 'sip' ? this.#contacts.get(hostPort(uri.host, uri.port)) : undefined;
    }
    const nowMs = this.#clock.now();
    if (found === undefined || found.every(({ expiresAtMs }) => expiresAtMs > nowMs)) {
      return found ?? NONE;
    }
    for (const registration of found.slice()) {
      if (registration.expiresAtMs <= nowMs) {
        this.#remove(registration);
      }
    }
    return found;
  }

  /** Keeps a registration in place of the UE's earlier one of the same contact and identity. False: the table is full. */
  bind(registration: Registration): boolean {
    const { source, association } = registration;
    this.unbind(source, registration.publicIdentity, registration.contact, association);
    if (this.#size >= this.#limits.registrations) {
      this.#sweep();
      if (this.#size >= this.#limits.registrations) {
        return false;
      }
    }
    const ue = this.#ueAt(source, association);
    const oldest = ue.registrations.length >= this.#limits.perUe ? ue.registrations[0] : undefined;
    if (oldest !== undefined) {
      this.#remove(oldest);
    }
    this.#ueAt(source, association).registrations.push(registration);
    this.#size++;
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, registration.expiresAtMs);
    this.#index(registration);
    return true;
  }

  /** Forgets what the UE registered for an identity: one contact, or all where none is given. */
  unbind(source: Source, publicIdentity: string, contact?: string, association?: SecurityAssociation): void {
    const ue = this.#ues.get(source.remote.address)?.get(portKey(source, association));
    for (const registration of ue?.registrations.slice() ?? []) {
      if (
        sameUri(registration.publicIdentity, publicIdentity) &&
        (contact === undefined || sameUri(registration.contact, contact))
      ) {
        this.#remove(registration);
      }
    }
  }

  #ueAt(source: Source, association: SecurityAssociation | undefined): { registrations: Registration[] } {
    const { address } = source.remote;
    let ports = this.#ues.get(address);
    if (ports === undefined) {
      ports = new Map();
      this.#ues.set(address, ports);
    }
    const key = portKey(source, association);
    let ue = ports.get(key);
    if (ue === undefined) {
      ue = { registrations: [] };
      ports.set(key, ue);
    }
    return ue;
  }

  #remove(registration: Registration): boolean {
    const { source, association } = registration;
    const portsKey = portKey(source, association);
    const ports = this.#ues.get(source.remote.address);
    const ue = ports?.get(portsKey);
    const at = ue?.registrations.indexOf(registration) ?? -1;
    if (ports === undefined || ue === undefined || at < 0) {
      return false;
    }
    ue.registrations.splice(at, 1);
    this.#size--;
    for (const key of contactKeys(registration)) {
      unindex(this.#contacts, key, registration);
    }
    unindex(this.#users, userKey(registration), registration);
    if (ue.registrations.length === 0) {
      ports.delete(portsKey);
      if (ports.size === 0) {
        this.#ues.delete(source.remote.address);
      }
    }
    return true;
  }

  #index(registration: Registration): void {
    for (const key of contactKeys(registration)) {
      index(this.#contacts, key, registration);
    }
    index(this.#users, userKey(registration), registration);
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    if (nowMs < this.#nothingDueUntilMs) {
      return; // a table that is full of what is valid is not walked for each REGISTER
    }
    let earliestMs = Infinity;
    for (const ports of this.#ues.values()) {
      for (const { registrations } of ports.values()) {
        this.#expire(registrations);
        for (const { expiresAtMs } of registrations) {
          earliestMs = Math.min(earliestMs, expiresAtMs);
        }
      }
    }
    this.#nothingDueUntilMs = Math.max(earliestMs, nowMs + SWEEP_EVERY_MS);
  }
}

const NONE: readonly Registration[] = [];

function isOver({ isEnded }: Registration): boolean {
  return isEnded === true;
}

function index(map: Map<string, Registration[]>, key: string, registration: Registration): void {
  const there = map.get(key);
  if (there === undefined) {
    map.set(key, [registration]);
  } else {
    there.push(registration);
  }
}

function unindex(map: Map<string, Registration[]>, key: string, registration: Registration): void {
  const there = map.get(key);
  const at = there?.indexOf(registration) ?? -1;
  if (there === undefined || at < 0) {
    return;
  }
  there.splice(at, 1);
  if (there.length === 0) {
    map.delete(key);
  }
}
