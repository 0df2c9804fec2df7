import type { Endpoint, TcpConnection, TcpReceiver, Trace } from '@ims-sim/host';
import { createFramer } from './framer.js';

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
  readonly #trace: Trace;
  readonly receiver: TcpReceiver;
  #outgoing: Buffer[] = [];
  #ended = false;
  /** Whether anything has come since `takeActivity` was asked last. */
  #active = false;

  constructor(connection: TcpConnection, trace: Trace, maxMessageBytes: number, events: LinkEvents) {
    this.#connection = connection;
    this.#trace = trace;
    const push = createFramer(maxMessageBytes, {
      onMessage: (bytes) => {
        if (trace.enabled) this.#record('received', bytes);
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

  takeActivity(): boolean {
    const active = this.#active;
    this.#active = false;
    return active;
  }

  /** Sends one message at the end of this turn, together with the others of the turn. */
  send(bytes: Buffer): void {
    if (this.#ended) return;
    if (this.#trace.enabled) this.#record('sent', bytes);
    if (this.#outgoing.push(bytes) === 1) queueMicrotask(this.#flush);
  }

  /** Sends what there is, then closes. */
  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    this.#connection.end();
  }

  destroy(): void {
    this.#ended = true;
    this.#outgoing = [];
    this.#connection.destroy();
  }

  readonly #flush = (): void => {
    const [first, ...rest] = this.#outgoing;
    if (first === undefined || this.#ended) return;
    this.#connection.write(rest.length === 0 ? first : Buffer.concat(this.#outgoing));
    this.#outgoing = [];
  };

  #record(direction: 'sent' | 'received', bytes: Buffer): void {
    const { local, remote } = this;
    this.#trace.message({ protocol: 'diameter', transport: 'tcp', direction, local, remote, bytes });
  }
}
