import type { Endpoint, Host, TcpConnection, TcpReceiver, Timer } from '@ims-sim/host';
import { createFramer } from './framer.js';

/** How long the other side has to close its end once this one is closed. */
const LINGER_MS = 1000;
/**
 * What a peer may leave untaken: beyond, it is sent no more requests, and one that does not take its answers loses
 * the connection.
 */
export const MAX_BUFFERED_BYTES = 4 << 20;

export interface LinkEvents {
  onMessage(link: Link, bytes: Buffer): void;
  /** The stream cannot be read any further, see `createFramer`. */
  onBroken(link: Link, resultCode: number, headerBytes: Buffer): void;
  /** Once; also after `destroy`. */
  onClose(link: Link, error: Error | undefined): void;
}

/** One connection to a peer: whole messages in and out, those of one turn in one write, each to the trace. */
export class Link {
  readonly #connection: TcpConnection;
  readonly #host: Host;
  readonly receiver: TcpReceiver;
  #outgoing: Buffer[] = [];
  #ended = false;
  #linger: Timer | undefined;
  /** Whether anything has come since `takeActivity` was asked last. */
  #active = false;
  #received = false;

  constructor(connection: TcpConnection, host: Host, maxMessageBytes: number, events: LinkEvents) {
    this.#connection = connection;
    this.#host = host;
    const push = createFramer(maxMessageBytes, {
      onMessage: (bytes) => {
        if (host.trace.enabled) this.#record('received', bytes);
        this.#received = true;
        if (!this.#ended) events.onMessage(this, bytes);
      },
      onBroken: (resultCode, headerBytes) => {
        if (!this.#ended) events.onBroken(this, resultCode, headerBytes);
      },
    });
    this.receiver = {
      onData: (bytes) => {
        this.#active = true;
        push(bytes);
      },
      onClose: (error) => {
        this.#ended = true;
        this.#linger?.cancel();
        events.onClose(this, error);
      },
    };
  }

  get local(): Endpoint {
    return this.#connection.local;
  }

  get remote(): Endpoint {
    return this.#connection.remote;
  }

  /** Bytes that the peer has not taken yet. */
  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  /** Whether a message has come. */
  get hasReceived(): boolean {
    return this.#received;
  }

  takeActivity(): boolean {
    const active = this.#active;
    this.#active = false;
    return active;
  }

  /** Sends one message at the end of this turn, together with the others of the turn. */
  send(bytes: Buffer): void {
    if (this.#ended) return;
    if (this.#outgoing.push(bytes) === 1) queueMicrotask(this.#flush);
  }

  /** Sends what there is, then closes. */
  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    this.#connection.end();
    this.#linger = this.#host.clock.timer(LINGER_MS, () => {
      this.#connection.destroy();
    });
  }

  destroy(): void {
    this.#ended = true;
    this.#outgoing = [];
    this.#linger?.cancel();
    this.#connection.destroy();
  }

  readonly #flush = (): void => {
    const outgoing = this.#outgoing;
    const first = outgoing[0];
    if (first === undefined || this.#ended) return;
    this.#outgoing = [];
    if (this.#host.trace.enabled) {
      for (const bytes of outgoing) this.#record('sent', bytes);
    }
    this.#connection.write(outgoing.length === 1 ? first : Buffer.concat(outgoing));
  };

  #record(direction: 'sent' | 'received', bytes: Buffer): void {
    const { local, remote } = this;
    this.#host.trace.message({ protocol: 'diameter', transport: 'tcp', direction, local, remote, bytes });
  }
}
