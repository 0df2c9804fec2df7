import type { Clock, Timer } from '@ims-sim/host';
import type { Message } from './decode.js';
import type { OutgoingRequest } from './options.js';

/** How a request ended. A refusal by the peer is an answer. */
export type RequestOutcome = { readonly kind: 'answer'; readonly message: Message } | RequestFailure;

export interface RequestFailure {
  readonly kind: 'failed';
  readonly reason: 'no-peer' | 'timeout' | 'busy' | 'connection-lost' | 'malformed-answer' | 'closed';
  /** One line for a reader. */
  readonly text: string;
}

/** A request that waits for its answer. `bytes`: as it was sent, for another peer should this one fail. */
export interface PendingRequest {
  readonly bytes: Buffer;
  readonly request: OutgoingRequest;
  /** How often it was sent, retransmissions not counted. */
  readonly attempts: number;
  readonly deadlineMs: number;
  readonly settle: (outcome: RequestOutcome) => void;
}

/**
 * The requests of one connection that wait for an answer, by hop-by-hop identifier. All wait equally long, so that the map's
 * order is that of their deadlines and one timer does for all: for the oldest.
 */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #requests = new Map<number, PendingRequest>();
  readonly #onTimeout: (request: PendingRequest) => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, max: number, onTimeout: (request: PendingRequest) => void) {
    this.#clock = clock;
    this.#max = max;
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#requests.size;
  }

  get full(): boolean {
    return this.#requests.size >= this.#max;
  }

  add(hopByHop: number, request: PendingRequest): void {
    this.#requests.set(hopByHop, request);
    if (this.#timer === undefined) this.#watchOldest();
  }

  /** The request that an answer belongs to, which then waits no more. */
  take(hopByHop: number): PendingRequest | undefined {
    const request = this.#requests.get(hopByHop);
    if (request !== undefined) this.#requests.delete(hopByHop);
    return request;
  }

  /** All of them, oldest first, and none is left. */
  takeAll(): PendingRequest[] {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    return requests;
  }

  #watchOldest(): void {
    for (const { deadlineMs } of this.#requests.values()) {
      this.#timer = this.#clock.timer(Math.max(1, deadlineMs - this.#clock.now()), () => {
        this.#expire();
      });
      return;
    }
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    for (const [hopByHop, request] of this.#requests) {
      if (request.deadlineMs > nowMs) break;
      this.#requests.delete(hopByHop);
      this.#onTimeout(request);
    }
    this.#watchOldest();
  }
}
