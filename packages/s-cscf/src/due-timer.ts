import type { Clock, Timer } from '@ims-sim/host';

/** What is waited for. */
export interface DueWork {
  /** When the first of it is due, on the clock; Infinity: there is none. */
  next(): number;
  /** Takes care of the first, which is due at `nowMs`; afterwards `next` is another one's. */
  expire(nowMs: number): void;
}

export interface DueTimerSettings {
  /** Between two looks at what is due, where none of it was left over. */
  readonly stepMs: number;
  /** How many one turn takes care of; all that are due, where not given. */
  readonly perTurn?: number;
}

/** What one turn has left goes on then, so that messages come in between. */
const NEXT_TURN_MS = 10;

/** One timer for all that is due, however many: it waits for the first. */
export class DueTimer {
  readonly #clock: Clock;
  readonly #work: DueWork;
  readonly #stepMs: number;
  readonly #perTurn: number;
  #timer: Timer | undefined;
  #atMs = Infinity;

  constructor(clock: Clock, work: DueWork, { stepMs, perTurn = Infinity }: DueTimerSettings) {
    this.#clock = clock;
    this.#work = work;
    this.#stepMs = stepMs;
    this.#perTurn = perTurn;
  }

  /** Something is due at `atMs`; at once, where that is past. */
  arm(atMs: number): void {
    if (atMs < this.#atMs) {
      this.#timer?.cancel();
      this.#atMs = atMs;
      this.#timer = this.#clock.timer(Math.max(0, atMs - this.#clock.now()), () => this.#sweep());
    }
  }

  /** Waits for nothing, until it is armed again. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#atMs = Infinity;
  }

  #sweep(): void {
    this.stop();
    const nowMs = this.#clock.now();
    for (let taken = 0; taken < this.#perTurn && this.#work.next() <= nowMs; taken++) {
      this.#work.expire(nowMs);
    }
    const nextMs = this.#work.next();
    if (nextMs < Infinity) {
      this.arm(nextMs <= nowMs ? nowMs + NEXT_TURN_MS : Math.max(nextMs, nowMs + this.#stepMs));
    }
  }
}
