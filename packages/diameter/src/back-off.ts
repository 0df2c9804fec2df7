const FIRST_MS = 100;
/**
 * Shorter than the 30 s that RFC 6733 12 recommends for Tc: in a lab, the peer is on the same machine and somebody
 * waits.
 */
const MAX_MS = 5_000;

/** How long to wait before a peer is tried again: twice as long each time, within a quarter either way by chance. */
export class BackOff {
  #delayMs = FIRST_MS;

  /** `chance`: 32 random bits. */
  nextMs(chance: number): number {
    const delayMs = this.#delayMs * (0.75 + chance / 0xffffffff / 2);
    this.#delayMs = Math.min(MAX_MS, 2 * this.#delayMs);
    return delayMs;
  }

  reset(): void {
    this.#delayMs = FIRST_MS;
  }
}
