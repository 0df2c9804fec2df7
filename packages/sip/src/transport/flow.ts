import type { Endpoint, TcpConnection } from '@ims-sim/host';
import type { Source } from './types.js';

/** Who is to know when a connection is gone: a client transaction that waits for its answer on it. */
export interface FlowUser {
  onFlowEnded(): void;
}

/** Bytes that one connection holds for a peer that does not take them, at most. */
export const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly bytes: Buffer;
  readonly undelivered: (() => void) | undefined;
}

/** One TCP connection, also while it is being opened: what is sent then waits for it. */
export class Flow {
  readonly remote: Endpoint;
  /** Set by each message on it, cleared by the idle timer. */
  active = true;
  #connection: TcpConnection | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #users = new Set<FlowUser>();
  #source: Source | undefined;
  #ended = false;

  constructor(remote: Endpoint) {
    this.remote = remote;
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** Whether transactions wait for something on it. */
  get isInUse(): boolean {
    return this.#users.size > 0 || this.#waiting.length > 0;
  }

  /** Where messages that come in on it are from; undefined until it is connected. */
  get source(): Source | undefined {
    return this.#source;
  }

  /**
   * Sends, or keeps until the connection stands; `undelivered` is called where that never happens. False: the connection has
   * ended, or holds `MAX_UNSENT_BYTES`.
   */
  send(bytes: Buffer, undelivered?: () => void): boolean {
    const unsentBytes = this.#connection?.bufferedBytes ?? this.#waitingBytes;
    if (this.#ended || unsentBytes + bytes.length > MAX_UNSENT_BYTES) {
      return false;
    }
    this.active = true;
    if (this.#connection !== undefined) {
      this.#connection.write(bytes);
    } else {
      this.#waiting.push({ bytes, undelivered });
      this.#waitingBytes += bytes.length;
    }
    return true;
  }

  join(user: FlowUser): void {
    this.#users.add(user);
  }

  leave(user: FlowUser): void {
    this.#users.delete(user);
  }

  /** `local`: where what comes on it has come to. */
  connected(connection: TcpConnection, local = connection.local): void {
    if (this.#ended) {
      connection.destroy();
      return;
    }
    this.#connection = connection;
    this.#source = { transport: 'TCP', remote: connection.remote, local };
    for (const { bytes } of this.#waiting) {
      connection.write(bytes);
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Closes in order: what was written goes out. Nobody is told. */
  end(): void {
    this.#ended = true;
    this.#connection?.end();
  }

  /** Closes at once and tells those who wait. */
  destroy(): void {
    this.#connection?.destroy();
    this.ended();
  }

  /** The connection is gone, or was never made. */
  ended(): void {
    this.#ended = true;
    const users = this.#users;
    const waiting = this.#waiting;
    this.#users = new Set();
    this.#waiting = [];
    for (const { undelivered } of waiting) {
      undelivered?.();
    }
    for (const user of users) {
      user.onFlowEnded();
    }
  }
}
