import { Socket } from 'node:net';

/** What drachtio-srf writes and when it closes. */
export interface MemorySocketUser {
  /** `text` is the application's, not bytes. */
  onWrite(text: string): void;
  onEnd(): void;
}

/**
 * The application's end of a connection in memory: drachtio-srf insists on a `net.Socket`, of which it uses `write`, `end`
 * and the events. None of the machinery of streams runs.
 */
export class MemorySocket extends Socket {
  override readonly remoteAddress: string = '127.0.0.1';
  override readonly remotePort: number = 9022;
  override readonly localPort: number = 9022;
  readonly #user: MemorySocketUser;
  #ended = false;

  constructor(user: MemorySocketUser) {
    super();
    this.#user = user;
  }

  override write(data: string | Uint8Array, ...rest: unknown[]): boolean {
    if (this.#ended) return false;
    this.#user.onWrite(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'));
    const written = rest.at(-1);
    if (typeof written === 'function') written();
    return true;
  }

  override end(): this {
    if (this.#ended) return this;
    this.#ended = true;
    setImmediate(() => this.emit('close', false));
    this.#user.onEnd();
    return this;
  }

  override setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    // Data is emitted as it comes.
  }
}
