import type { Host } from '@ims-sim/host';
import { FLAG_RETRANSMITTED } from './header.js';
import type { PendingRequest } from './pending.js';
import { PendingRequests } from './pending.js';

/** The requests that go to one peer: their hop-by-hop identifiers, and those that wait for an answer. */
export class PeerRequests {
  readonly #host: Host;
  readonly #timeoutMs: number;
  readonly #write: (bytes: Buffer) => void;
  readonly #pending: PendingRequests;
  #hopByHop: number;

  constructor(
    host: Host,
    { timeoutMs, maxPending }: { readonly timeoutMs: number; readonly maxPending: number },
    write: (bytes: Buffer) => void,
    onTimeout: (request: PendingRequest) => void,
  ) {
    this.#host = host;
    this.#timeoutMs = timeoutMs;
    this.#write = write;
    this.#hopByHop = host.random.uint32();
    this.#pending = new PendingRequests(host.clock, maxPending, onTimeout);
  }

  /** That wait for an answer. */
  get size(): number {
    return this.#pending.size;
  }

  get full(): boolean {
    return this.#pending.full;
  }

  nextHopByHop(): number {
    return (this.#hopByHop = (this.#hopByHop + 1) >>> 0);
  }

  /** Sends a request encoded with `nextHopByHop`. */
  send(hopByHop: number, request: PendingRequest): void {
    this.#pending.add(hopByHop, request);
    this.#write(request.bytes);
  }

  /**
   * Sends a request that went to another peer before, with a hop-by-hop identifier of this connection; with the T flag where
   * that one may have served it (RFC 6733 5.5.4).
   */
  resend(request: PendingRequest, isRetransmission: boolean): void {
    const bytes = Buffer.from(request.bytes);
    if (isRetransmission) bytes[4] = (bytes[4] ?? 0) | FLAG_RETRANSMITTED;
    const hopByHop = this.nextHopByHop();
    bytes.writeUInt32BE(hopByHop, 12);
    // A deadline of its own: the oldest request of the connection stays the first to time out.
    const deadlineMs = this.#host.clock.now() + this.#timeoutMs;
    this.send(hopByHop, { ...request, bytes, deadlineMs });
  }

  /** The request that an answer is for, which then waits no more. */
  take(hopByHop: number): PendingRequest | undefined {
    return this.#pending.take(hopByHop);
  }

  /** All that wait, and none is left. */
  takeAll(): PendingRequest[] {
    return this.#pending.takeAll();
  }
}
