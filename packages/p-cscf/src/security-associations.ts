import type { Clock, Endpoint } from '@ims-sim/host';
import { topVia, type Header, type SipRequest, type Source } from '@ims-sim/sip';
import type { SessionKeys } from './authorization.js';
import type { IpsecOffer } from './security-mechanism.js';

/**
 * A set of security associations between a UE and the P-CSCF (TS 33.203 7), as far as SIP has to do with it.
 *
 * Deviation: no IPsec stands behind it, as there is no kernel support to rely on; a UE is known by its protected client port
 * and its address, and by its Security-Verify, which nobody else was told. Whoever can send from there, and has read that, is that UE.
 */
export interface SecurityAssociation {
  /** The UE's address and its protected client port, as what comes from there has it. */
  readonly source: Source;
  readonly privateIdentity: string;
  /** Security-Client and Security-Server, normalised. */
  readonly offered: string;
  readonly agreed: string;
  /** Security-Server as it was given. */
  readonly given: Header;
  /** Of the challenge that it was made with. */
  readonly nonce: string;
  /** CK and IK: what IPsec would be given. */
  readonly keys: SessionKeys | undefined;
  /** What the UE offered. */
  readonly offer: IpsecOffer;
}

interface Entry extends SecurityAssociation {
  state: 'temporary' | 'established';
  expiresAtMs: number;
  /** That which has taken its place. */
  successor: Entry | undefined;
}

/** TS 24.229 table 7.8.1: how long a temporary set is kept for the UE's response to the challenge. */
export const REG_AWAIT_AUTH_MS = 4 * 60_000;

export const DEFAULT_ASSOCIATIONS = 100_000;
/** A full table is swept no more often than this. */
const SWEEP_EVERY_MS = 1000;

/**
 * The security associations of all UEs: of each UE those that it uses, temporary ones while it is being authenticated (5.2.2.2),
 * and for a while those that new ones have replaced. Expiry is looked at when somebody asks; the table is swept when it
 * is full.
 */
export class SecurityAssociations {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #entries = new Set<Entry>();
  /** By the address with the protected client port, the protected server port, or the private identity. */
  readonly #index = new Map<string, Entry[]>();

  /** Until when a full table is not swept: the earliest expiry that the last sweep saw, or that came since. */
  #nothingDueUntilMs = 0;

  constructor(clock: Clock, max = DEFAULT_ASSOCIATIONS) {
    this.#clock = clock;
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Those that are still valid: walks all of them. */
  get valid(): number {
    const nowMs = this.#clock.now();
    let count = 0;
    for (const { expiresAtMs } of this.#entries) {
      count += expiresAtMs > nowMs ? 1 : 0;
    }
    return count;
  }

  /**
   * 5.2.2.2: a temporary set, in place of any other temporary one of this UE. False: as many as may be are there.
   */
  challenge(association: SecurityAssociation): boolean {
    for (const other of this.#of(identityKey(association))) {
      if (other.state === 'temporary') {
        this.#remove(other);
      }
    }
    if (this.#entries.size >= this.#max) {
      this.#sweep();
      if (this.#entries.size >= this.#max) {
        return false;
      }
    }
    const expiresAtMs = this.#clock.now() + REG_AWAIT_AUTH_MS;
    const entry: Entry = { ...association, state: 'temporary', expiresAtMs, successor: undefined };
    this.#entries.add(entry);
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, expiresAtMs);
    for (const key of keysOf(entry)) {
      const there = this.#index.get(key);
      if (there === undefined) {
        this.#index.set(key, [entry]);
      } else {
        there.push(entry);
      }
    }
    return true;
  }

  /** Those by which a message that came to the protected server port may have come, the latest first. */
  reached(source: Source, request: SipRequest): readonly SecurityAssociation[] {
    return this.#reached(source, request).toReversed();
  }

  /** That which has taken its place, or itself. */
  current(association: SecurityAssociation): SecurityAssociation {
    const entry = this.#entryOf(association);
    return entry === undefined ? association : latest(entry);
  }

  isTemporary(association: SecurityAssociation): boolean {
    return this.#entryOf(association)?.state === 'temporary';
  }

  /**
   * The set in use by which a message came to the protected server port; undefined: none. `agreed` tells apart those of several UEs
   * at one address and port.
   */
  inUse(source: Source, request: SipRequest, agreed?: string): SecurityAssociation | undefined {
    const entry = this.#reached(source, request).findLast(
      (one) => one.state === 'established' && (agreed === undefined || one.agreed === agreed),
    );
    return entry && latest(entry);
  }

  /**
   * 5.2.2.2: the UE is registered over it until `expiresAtMs` at least, so it is in use; a temporary set becomes one. What it
   * replaces, which is returned, is kept for `leftoverMs` more: the UE's challenge response has already come over the new.
   */
  establish(
    association: SecurityAssociation,
    expiresAtMs: number,
    leftoverMs: number,
  ): readonly SecurityAssociation[] {
    const entry = this.#entryOf(association);
    if (entry === undefined) {
      return [];
    }
    if (entry.state === 'established') {
      entry.expiresAtMs = Math.max(entry.expiresAtMs, expiresAtMs);
      return [];
    }
    const older = this.#of(identityKey(entry)).filter(
      ({ state, successor }) => state === 'established' && successor === undefined,
    );
    entry.state = 'established';
    entry.expiresAtMs = Math.max(expiresAtMs, ...older.map((one) => one.expiresAtMs));
    for (const old of older) {
      old.successor = entry;
      this.#shorten(old, leftoverMs);
    }
    return older;
  }

  /** 5.2.5: nothing is registered over it any more; what is under way still passes for `leftoverMs`. */
  release(association: SecurityAssociation, leftoverMs: number): void {
    const entry = this.#entryOf(association);
    if (entry !== undefined) {
      this.#shorten(entry, leftoverMs);
    }
  }

  #shorten(entry: Entry, leftoverMs: number): void {
    entry.expiresAtMs = Math.min(entry.expiresAtMs, this.#clock.now() + leftoverMs);
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, entry.expiresAtMs);
  }

  #reached({ transport, remote }: Source, request: SipRequest): readonly Entry[] {
    if (transport === 'UDP') {
      return this.#of(clientKey(remote));
    }
    // Deviation: a connection cannot be opened from a port that is listened on, so by TCP the UE is known by the port
    // that its Via names: its protected server port (5.1.1.2.2), or that of the client. That anybody can write who shares its
    // address; what counts is the Security-Verify.
    const { address } = remote;
    const port = topVia(request)?.port;
    if (port === undefined) {
      return [];
    }
    const byServer = this.#of(serverKey(address, port));
    return byServer.length > 0 ? byServer : this.#of(clientKey({ address, port }));
  }

  #entryOf(association: SecurityAssociation): Entry | undefined {
    return this.#of(clientKey(association.source.remote)).find(({ agreed }) => agreed === association.agreed);
  }

  #of(key: string): readonly Entry[] {
    const there = this.#index.get(key);
    if (there === undefined) {
      return [];
    }
    const nowMs = this.#clock.now();
    if (there.every(({ expiresAtMs }) => expiresAtMs > nowMs)) {
      return there;
    }
    for (const entry of there.slice()) {
      if (entry.expiresAtMs <= nowMs) {
        this.#remove(entry);
      }
    }
    return this.#index.get(key) ?? [];
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    for (const key of keysOf(entry)) {
      const there = this.#index.get(key);
      const at = there?.indexOf(entry) ?? -1;
      if (there === undefined || at < 0) {
        continue;
      }
      there.splice(at, 1);
      if (there.length === 0) {
        this.#index.delete(key);
      }
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    if (nowMs < this.#nothingDueUntilMs) {
      return; // a table that strangers keep full is not walked for each of their REGISTERs
    }
    let earliestMs = Infinity;
    for (const entry of this.#entries) {
      if (entry.expiresAtMs <= nowMs) {
        this.#remove(entry);
      } else {
        earliestMs = Math.min(earliestMs, entry.expiresAtMs);
      }
    }
    this.#nothingDueUntilMs = Math.max(earliestMs, nowMs + SWEEP_EVERY_MS);
  }
}

function latest(entry: Entry): Entry {
  let found = entry;
  while (found.successor !== undefined) {
    found = found.successor;
  }
  return found;
}

function keysOf(association: SecurityAssociation): readonly string[] {
  const { source, offer } = association;
  return [
    clientKey(source.remote),
    serverKey(source.remote.address, offer.serverPort),
    identityKey(association),
  ];
}

function clientKey({ address, port }: Endpoint): string {
  return `c ${address} ${port}`;
}

function serverKey(address: string, port: number): string {
  return `s ${address} ${port}`;
}

function identityKey({ source, privateIdentity }: SecurityAssociation): string {
  return `i ${source.remote.address} ${privateIdentity}`;
}
