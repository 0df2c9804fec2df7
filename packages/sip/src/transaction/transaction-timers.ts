import type { Clock, Timer } from '@ims-sim/host';

export interface TimerUser<Letter> {
  onTimer(letter: Letter): void;
}

/**
 * A transaction's timers: one that repeats (A, E, G) and one that ends the state (B, D, F, H, …), on a single timer of the
 * clock. Delays are added up as they were asked for, so the clock need not be read and sees only the few delays of table 4.
 */
export class TransactionTimers<Letter extends string> {
  readonly #clock: Clock;
  #user: TimerUser<Letter> | undefined;
  #timer: Timer | undefined;
  #repeat: Letter | undefined;
  #repeatMs = 0;
  #end: Letter | undefined;
  #endLeftMs = 0;
  #armedMs = 0;

  constructor(clock: Clock, user: TimerUser<Letter>) {
    this.#clock = clock;
    this.#user = user;
  }

  /** Starts both, or one: a `repeat` or an `end` that is undefined does not run. Nothing may be running. */
  start(repeat: Letter | undefined, repeatMs: number, end: Letter | undefined, endMs: number): void {
    this.#repeat = repeat;
    this.#repeatMs = repeatMs;
    this.#end = end;
    this.#endLeftMs = endMs;
    this.#arm();
  }

  /** From within `onTimer` of the repeating timer: once more, in `delayMs`. */
  again(letter: Letter, delayMs: number): void {
    this.#repeat = letter;
    this.#repeatMs = delayMs;
  }

  /** What the repeating timer last ran for. */
  get repeatMs(): number {
    return this.#repeatMs;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#repeat = undefined;
    this.#end = undefined;
  }

  /** Stops for good and lets go of the user. */
  close(): void {
    this.stop();
    this.#user = undefined;
  }

  #arm(): void {
    const repeatMs = this.#repeat === undefined ? Infinity : this.#repeatMs;
    const endMs = this.#end === undefined ? Infinity : this.#endLeftMs;
    this.#armedMs = Math.min(repeatMs, endMs);
    if (this.#armedMs !== Infinity) {
      this.#timer = this.#clock.timer(this.#armedMs, this.#fired);
    }
  }

  readonly #fired = (): void => {
    this.#timer = undefined;
    const end = this.#end;
    this.#endLeftMs -= this.#armedMs;
    if (end !== undefined && this.#endLeftMs <= 0) {
      this.stop();
      this.#user?.onTimer(end);
      return;
    }
    const repeat = this.#repeat;
    this.#repeat = undefined;
    if (repeat !== undefined) {
      this.#user?.onTimer(repeat);
    }
    if (this.#timer === undefined) {
      this.#arm();
    }
  };
}
