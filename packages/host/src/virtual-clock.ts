import type { Clock, Timer } from './clock.js';
import { TimerHeap, type HeapTimer } from './timer-heap.js';

/** Timers fired by one call to `advance`, at most, unless told: more is a loop that sets itself again with no delay. */
const MAX_FIRED = 10_000_000;

/** A clock that stands still until `advance` moves it: a two-hour subscription expires in a millisecond. */
export class VirtualClock implements Clock {
  #timers = new TimerHeap();
  #nowMs: number;
  readonly #maxFired: number;
  #set = 0;
  /** Calls of `advance` run one after the other. */
  #moving: Promise<unknown> = Promise.resolve();
  #holds = 0;
  #released: (() => void) | undefined;
  #stopped = false;

  /** `startMs`: milliseconds since the epoch, 2024-01-01T00:00:00Z if not given. */
  constructor(startMs = 1_704_067_200_000, maxFired = MAX_FIRED) {
    this.#nowMs = startMs;
    this.#maxFired = maxFired;
  }

  now(): number {
    return this.#nowMs;
  }

  timer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs))
      throw new RangeError(`A timer's delay must be a number of milliseconds, not ${delayMs}`);
    if (this.#stopped) return NEVER;
    return this.#timers.push(this.#nowMs + Math.max(0, delayMs), this.#set++, callback);
  }

  /** The end of time: whoever moves it is done, no timer fires any more, and none is kept. */
  stop(): void {
    this.#stopped = true;
    this.#timers = new TimerHeap();
  }

  /** Timers that are set and neither fired nor cancelled. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on by `deltaMs` and fires what falls due, in order of time and then of setting. Before, between and after
   * timers it lets promises and `setImmediate` turns settle, so that code which awaits something runs before time goes on.
   */
  advance(deltaMs: number): Promise<void> {
    return this.#exclusively(async () => {
      const endMs = this.#nowMs + deltaMs;
      await this.#fireUntil(endMs, () => false);
      this.#nowMs = endMs;
    });
  }

  /** Moves from timer to timer until none is left (`idle`) or the next is more than `limitMs` from now (`limit`). */
  runUntilIdle(limitMs: number): Promise<'idle' | 'limit'> {
    return this.#exclusively(async () => {
      await this.#fireUntil(this.#nowMs + limitMs, () => false);
      return this.#timers.size === 0 ? 'idle' : 'limit';
    });
  }

  /**
   * Moves time on until `promise` settles, and gives its result. Rejects if it has not settled when `limitMs` have passed
   * or no timer is left. For tests: `const connection = await clock.until(net.connect(…))`.
   */
  async until<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
    let settled = false;
    const watch = promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    await this.#exclusively(() => this.#fireUntil(this.#nowMs + limitMs, () => settled));
    if (settled) await watch;
    else
      throw new Error(
        `Not settled within ${limitMs} ms of virtual time (${this.pendingTimers} timers pending)`,
      );
    return promise;
  }

  /** Keeps time from moving while something outside of it (a disk, another library's socket) is at work; call the result when done. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds === 0) this.#released?.();
    };
  }

  #exclusively<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#moving.then(move);
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  async #fireUntil(endMs: number, enough: () => boolean): Promise<void> {
    await this.#settle();
    for (let fired = 0; !enough(); fired++) {
      const timer = this.#nextDue(endMs);
      if (timer === undefined) return;
      if (fired === this.#maxFired)
        throw new Error(`${this.#maxFired} timers fired by ${endMs - this.#nowMs} ms before the end`);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.fire();
      await this.#settle();
    }
  }

  #nextDue(endMs: number): HeapTimer | undefined {
    const next = this.#timers.peek();
    if (next === undefined || next.dueMs > endMs) return undefined;
    return this.#timers.pop();
  }

  /** Two turns, since a stream in memory passes its bytes on in one and its listener acts in the next. */
  async #settle(): Promise<void> {
    for (;;) {
      await turn();
      await turn();
      if (this.#holds === 0) return;
      await new Promise<void>((resolve) => (this.#released = resolve));
    }
  }
}

const NEVER: Timer = { cancel: () => undefined };

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
