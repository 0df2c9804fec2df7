import type { Clock, Timer } from '@ims-sim/host';
import type { PartyTimers } from './party.js';

/**
 * Says `again` T1 after the start and then after twice as long each time, `capMs` at most, until it is stopped or 64*T1 have
 * passed: a 2xx to an INVITE until its ACK (RFC 3261 13.3.1.4), a reliable provisional response until its PRACK (RFC 3262 3).
 */
export class Repeating {
  readonly #clock: Clock;
  readonly #capMs: number;
  readonly #again: () => void;
  readonly #end: Timer;
  #next: Timer;
  #afterMs: number;

  constructor(
    clock: Clock,
    { t1Ms, longMs }: PartyTimers,
    capMs: number,
    again: () => void,
    onTimeout: () => void,
  ) {
    this.#clock = clock;
    this.#capMs = capMs;
    this.#again = again;
    this.#afterMs = t1Ms;
    this.#next = clock.timer(t1Ms, () => {
      this.#fire();
    });
    this.#end = clock.timer(longMs, () => {
      this.stop();
      onTimeout();
    });
  }

  stop(): void {
    this.#next.cancel();
    this.#end.cancel();
  }

  #fire(): void {
    this.#afterMs = Math.min(2 * this.#afterMs, this.#capMs);
    this.#next = this.#clock.timer(this.#afterMs, () => {
      this.#fire();
    });
    this.#again(); // last: it may stop this
  }
}
