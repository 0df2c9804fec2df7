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
    this.#forgetOld();
    return this.#untilMs.size;
  }

  /** It did not answer. */
  add(key: string): void {
    this.#forgetOld();
    this.#untilMs.delete(key); // it goes behind those that were remembered before
    if (this.#untilMs.size < MAX_REMEMBERED) {
      this.#untilMs.set(key, this.#clock.now() + REMEMBERED_MS);
    }
  }

  /** It has answered. */
  delete(key: string): void {
    this.#untilMs.delete(key);
  }

  has(key: string): boolean {
    return (this.#untilMs.get(key) ?? 0) > this.#clock.now();
  }

  /** They are in the order in which they are over. */
  #forgetOld(): void {
    const nowMs = this.#clock.now();
    for (const [key, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) {
        return;
      }
      this.#untilMs.delete(key);
    }
  }
}
