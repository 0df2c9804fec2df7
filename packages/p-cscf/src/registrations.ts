import type { Clock } from '@ims-sim/host';
import { header, parseUri, uriEquals, type Header, type NameAddr, type Source, type Uri } from '@ims-sim/sip';

/** A public user identity that a UE registered, and the header that asserts it. */
export interface RegisteredIdentity {
  readonly text: string;
  readonly uri: Uri;
  readonly asserted: Header;
}

/** One contact that a UE registered (TS 24.229 5.2.2.1: what the P-CSCF keeps out of the 200 to a REGISTER). */
export interface Registration {
  readonly source: Source;
  /** The identity that was registered (To), as text. */
  readonly publicIdentity: string;
  /** The Contact's URI, as text. */
  readonly contact: string;
  /** P-Associated-URI; the first is the default public user identity. Never empty. */
  readonly identities: readonly RegisteredIdentity[];
  /** The Service-Route as the Route of requests from this UE; undefined where the S-CSCF gave none. */
  readonly route: Header | undefined;
  readonly serviceRoute: readonly NameAddr[];
  readonly expiresAtMs: number;
}

/** A UE: what came from one address, port and transport. */
export interface Ue {
  readonly registrations: readonly Registration[];
}

export interface RegistrationLimits {
  /** Registrations kept, of all UEs. */
  readonly registrations: number;
  /** Registrations kept of one address, port and transport. */
  readonly perUe: number;
}

export const DEFAULT_LIMITS: RegistrationLimits = { registrations: 100_000, perUe: 32 };

/**
 * The UEs that are registered through this P-CSCF. Without a security association (`auth: none`) a UE is known by the
 * address, port and transport that it sends from. Expiry is looked at when somebody asks; the table is swept when it
 * is full.
 */
export class Registrations {
  readonly #clock: Clock;
  readonly #limits: RegistrationLimits;
  /** By address, then by port and transport. */
  readonly #ues = new Map<string, Map<number, { registrations: Registration[] }>>();
  /** By the URI of the contact, and by `host:port` of the contact and of the source. */
  readonly #contacts = new Map<string, Registration[]>();
  #size = 0;

  constructor(clock: Clock, limits: Partial<RegistrationLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get size(): number {
    return this.#size;
  }

  /** The UE that sends from `source`; undefined where nothing that is registered from there is still valid. */
  at(source: Source): Ue | undefined {
    const ue = this.#ues.get(source.remote.address)?.get(portKey(source));
    if (ue === undefined) {
      return undefined;
    }
    const nowMs = this.#clock.now();
    for (let i = 0; i < ue.registrations.length; i++) {
      const registration = ue.registrations[i];
      if (registration !== undefined && registration.expiresAtMs <= nowMs) {
        this.#remove(registration);
        i--;
      }
    }
    return ue.registrations.length > 0 ? ue : undefined;
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
    this.unbind(registration.source, registration.publicIdentity, registration.contact);
    if (this.#size >= this.#limits.registrations) {
      this.#sweep();
      if (this.#size >= this.#limits.registrations) {
        return false;
      }
    }
    const ue = this.#ueAt(registration.source);
    const oldest = ue.registrations.length >= this.#limits.perUe ? ue.registrations[0] : undefined;
    if (oldest !== undefined) {
      this.#remove(oldest);
    }
    this.#ueAt(registration.source).registrations.push(registration);
    this.#size++;
    this.#index(registration);
    return true;
  }

  /** Forgets what the UE registered for an identity: one contact, or all where none is given. */
  unbind(source: Source, publicIdentity: string, contact?: string): void {
    const ue = this.#ues.get(source.remote.address)?.get(portKey(source));
    for (const registration of ue?.registrations.slice() ?? []) {
      if (
        sameUri(registration.publicIdentity, publicIdentity) &&
        (contact === undefined || sameUri(registration.contact, contact))
      ) {
        this.#remove(registration);
      }
    }
  }

  #ueAt(source: Source): { registrations: Registration[] } {
    const { address } = source.remote;
    let ports = this.#ues.get(address);
    if (ports === undefined) {
      ports = new Map();
      this.#ues.set(address, ports);
    }
    let ue = ports.get(portKey(source));
    if (ue === undefined) {
      ue = { registrations: [] };
      ports.set(portKey(source), ue);
    }
    return ue;
  }

  #remove(registration: Registration): void {
    const { source } = registration;
    const ports = this.#ues.get(source.remote.address);
    const ue = ports?.get(portKey(source));
    const at = ue?.registrations.indexOf(registration) ?? -1;
    if (ports === undefined || ue === undefined || at < 0) {
      return;
    }
    ue.registrations.splice(at, 1);
    this.#size--;
    for (const key of contactKeys(registration)) {
      this.#unindex(key, registration);
    }
    if (ue.registrations.length === 0) {
      ports.delete(portKey(source));
      if (ports.size === 0) {
        this.#ues.delete(source.remote.address);
      }
    }
  }

  #index(registration: Registration): void {
    for (const key of contactKeys(registration)) {
      const there = this.#contacts.get(key);
      if (there === undefined) {
        this.#contacts.set(key, [registration]);
      } else {
        there.push(registration);
      }
    }
  }

  #unindex(key: string, registration: Registration): void {
    const there = this.#contacts.get(key);
    const at = there?.indexOf(registration) ?? -1;
    if (there === undefined || at < 0) {
      return;
    }
    there.splice(at, 1);
    if (there.length === 0) {
      this.#contacts.delete(key);
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    const all = [...this.#ues.values()].flatMap((ports) =>
      [...ports.values()].flatMap((ue) => ue.registrations),
    );
    for (const registration of all) {
      if (registration.expiresAtMs <= nowMs) {
        this.#remove(registration);
      }
    }
  }
}

const NONE: readonly Registration[] = [];

/** The identity of a P-Associated-URI value (or of To), ready to be asserted. */
export function registeredIdentity({ uri, uriText }: NameAddr): RegisteredIdentity {
  return { text: uriText, uri, asserted: header('P-Asserted-Identity', `<${uriText}>`) };
}

function portKey(source: Source): number {
  return source.remote.port * 2 + (source.transport === 'TCP' ? 1 : 0);
}

function contactKeys({ contact, source }: Registration): Set<string> {
  const { address, port } = source.remote;
  const keys = new Set([contact, hostPort(address.includes(':') ? `[${address}]` : address, port)]);
  const uri = parseUri(contact);
  if (uri?.kind === 'sip') {
    keys.add(hostPort(uri.host, uri.port));
  }
  return keys;
}

/** IPv6 addresses have several spellings: the one that URL gives is compared. */
function hostPort(host: string, port = 5060): string {
  const canonical =
    host.startsWith('[') && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  return `${canonical}:${port}`;
}

function sameUri(a: string, b: string): boolean {
  if (a === b) {
    return true;
  }
  const left = parseUri(a);
  const right = parseUri(b);
  return left !== undefined && right !== undefined && uriEquals(left, right);
}
