import type { Clock, Timer } from '@ims-sim/host';
import type { Fate } from './rules.js';

/** Messages of one host that wait to go out, at most; what is more goes out at once. */
export const MAX_WAITING = 1000;
/** For how long a message waits for another to overtake it. */
const OVERTAKEN_WITHIN_MS = 1000;

/** How many messages wait, over all lanes of a host. */
export interface Waiting {
  count: number;
}

interface Held {
  readonly send: () => void;
  readonly timer: Timer;
}

/** The way from a socket to one receiver. What waits goes out late, in the place of another, or when the lane ends. */
export class Lane {
  readonly #clock: Clock;
  readonly #waiting: Waiting;
  readonly #late = new Set<Held>();
  #overtaken: Held | undefined;

  constructor(clock: Clock, waiting: Waiting) {
    this.#clock = clock;
    this.#waiting = waiting;
  }

  get isIdle(): boolean {
    return this.#late.size === 0 && this.#overtaken === undefined;
  }

  pass({ copies, delayMs, overtaken, bytes }: Fate, write: (bytes: Buffer) => void): void {
    if (copies === 0) return;
    const send = (): void => {
      write(bytes);
      if (copies === 2) write(bytes);
    };
    const isFull = this.#waiting.count >= MAX_WAITING;
    if (delayMs > 0 && !isFull) {
      const held = this.#hold(delayMs, send, () => this.#late.delete(held));
      this.#late.add(held);
    } else if (overtaken && this.#overtaken === undefined && !isFull) {
      this.#overtaken = this.#hold(OVERTAKEN_WITHIN_MS, send, () => (this.#overtaken = undefined));
    } else {
      send();
      this.#releaseOvertaken();
    }
  }

  /** Whatever waits goes out now, in its order. */
  flush(): void {
    const all = [...this.#late, ...(this.#overtaken ? [this.#overtaken] : [])];
    this.clear();
    for (const { send } of all) send();
  }

  /** Whatever waits is lost. */
  clear(): void {
    for (const { timer } of this.#late) timer.cancel();
    this.#overtaken?.timer.cancel();
    this.#waiting.count -= this.#late.size + (this.#overtaken ? 1 : 0);
    this.#late.clear();
    this.#overtaken = undefined;
  }

  #releaseOvertaken(): void {
    const held = this.#overtaken;
    if (held === undefined) return;
    this.#overtaken = undefined;
    this.#waiting.count--;
    held.timer.cancel();
    held.send();
  }

  #hold(forMs: number, send: () => void, forget: () => unknown): Held {
    this.#waiting.count++;
    const timer = this.#clock.timer(forMs, () => {
      forget();
      this.#waiting.count--;
      send();
    });
    return { send, timer };
  }
}
