import type { Clock } from '@ims-sim/host';

/** How long nobody waits for an S-CSCF again that did not answer, in milliseconds. */
const REMEMBERED_MS = 30_000;
/** An operator has few S-CSCFs; more are not remembered. */
const MAX_REMEMBERED = 1000;

/**
 * S-CSCFs that did not answer, by `serverKey` (TS 24.229 5.3.1.3, 5.3.2.2): for a while the next requests go to another at once,
 * where there is one.
 */
export class SilentServers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#untilMs.size;
  }

  /** It did not answer. */
  add(key: string): void {
    if (this.#untilMs.size < MAX_REMEMBERED || this.#untilMs.has(key)) {
      this.#untilMs.set(key, this.#clock.now() + REMEMBERED_MS);
    }
  }

  /** It has answered. */
  delete(key: string): void {
    this.#untilMs.delete(key);
  }

  has(key: string): boolean {
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined) {
      return false;
    }
    if (untilMs > this.#clock.now()) {
      return true;
    }
    this.#untilMs.delete(key);
    return false;
  }
}
