import type { Clock } from '@ims-sim/host';

/** Waits until something is so: whoever changes it says `changed`, and all who wait look again. */
export class Watch {
  readonly #clock: Clock;
  readonly #looks = new Set<() => void>();
  readonly #ends = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  changed(): void {
    for (const look of [...this.#looks]) {
      look();
    }
  }

  /** What `look` gives, as soon as it gives something; undefined where that is not within `withinMs`, or the watch is closed. */
  until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
    const found = look();
    if (found !== undefined || this.#closed) {
      return Promise.resolve(found);
    }
    return new Promise((resolve) => {
      const end = (result: T | undefined) => {
        timer.cancel();
        this.#looks.delete(again);
        this.#ends.delete(giveUp);
        resolve(result);
      };
      const again = () => {
        const result = look();
        if (result !== undefined) {
          end(result);
        }
      };
      const giveUp = () => {
        end(undefined);
      };
      const timer = this.#clock.timer(withinMs, giveUp);
      this.#looks.add(again);
      this.#ends.add(giveUp);
    });
  }

  /** Ends all waiting. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#ends]) {
      end();
    }
  }
}
