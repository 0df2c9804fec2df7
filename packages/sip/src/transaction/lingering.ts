import type { Clock, Timer } from '@ims-sim/host';

/** What comes within this time of each other goes together. */
export const LINGER_STEP_MS = 100;

/**
 * Keys of transactions that have nothing to do but absorb what comes again, all for the same time (timer J, or K).
 * They leave in batches, so that each costs a place in an array and no timer; one stays for `stayMs`, and up to
 * `LINGER_STEP_MS` more.
 */
export class Lingering {
  readonly #clock: Clock;
  readonly #stayMs: number;
  readonly #leave: (key: string) => void;
  readonly #timers = new Set<Timer>();
  #batch: string[] | undefined;

  constructor(clock: Clock, stayMs: number, leave: (key: string) => void) {
    this.#clock = clock;
    this.#stayMs = stayMs;
    this.#leave = leave;
  }

  add(key: string): void {
    if (this.#batch === undefined) {
      this.#open();
    }
    this.#batch?.push(key);
  }

  close(): void {
    for (const timer of this.#timers) {
      timer.cancel();
    }
    this.#timers.clear();
    this.#batch = undefined;
  }

  #open(): void {
    const batch: string[] = [];
    this.#batch = batch;
    this.#after(LINGER_STEP_MS, () => {
      this.#batch = undefined;
      this.#after(this.#stayMs, () => {
        for (const key of batch) {
          this.#leave(key);
        }
      });
    });
  }

  #after(delayMs: number, act: () => void): void {
    const timer = this.#clock.timer(delayMs, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}
