import type { Clock, Timer } from './clock.js';

/**
 * The machine's clock: monotonic from the process's start, in milliseconds since the epoch. Processes that were handed the same
 * origin (`clockOrigin`) agree to the microsecond, so that what one sent comes before what another made of it.
 *
 * Timers never fire early and at most some 4 ms late (a busy event loop aside). They do not keep the process alive: an
 * element lives by its sockets, and one that has closed them ends although timers J, D or K have half a minute to go.
 */
export const systemClock: Clock = { now, timer };

/** SIP's timers have a handful of delays (T1 and its doublings, 5 s, 32 s): each has a queue in which order is due time. */
const MAX_QUEUES = 64;
/** Timers that fall due within this time of each other share a turn of the event loop. */
const BATCH_MS = 4;
/** Beyond this Node fires at once. */
const MAX_NODE_DELAY_MS = 2 ** 31 - 1;

const queues = new Map<number, DelayQueue>();

/** The environment variable that hands a process its parent's `clockOrigin`. */
export const CLOCK_ORIGIN = 'IMS_CLOCK_ORIGIN';

/**
 * When this machine's monotonic clock was 0, in milliseconds since the epoch. Node's own `performance.timeOrigin` reads the two
 * clocks one after the other: on a busy machine processes came out up to 30 ms apart.
 */
export const clockOrigin: number = givenOrigin() ?? measuredOrigin();

const EPOCH_MS = clockOrigin + monotonicAhead();

function now(): number {
  return EPOCH_MS + performance.now();
}

function givenOrigin(): number | undefined {
  const given = Number(process.env[CLOCK_ORIGIN]);
  return given > 0 ? given : undefined;
}

/** Read as the wall clock's millisecond changes; whoever is interrupted in between reads too little, so the most counts. */
function measuredOrigin(): number {
  let most = 0;
  for (let tick = 0; tick < 3; tick++) {
    const before = Date.now();
    while (Date.now() === before);
    most = Math.max(most, Date.now() - monotonicMs());
  }
  return most;
}

/** How far `performance.now()` is behind the monotonic clock. */
function monotonicAhead(): number {
  let most = 0;
  for (let reading = 0; reading < 10; reading++) {
    const monotonic = monotonicMs();
    most = Math.max(most, monotonic - performance.now());
  }
  return most;
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function timer(delayMs: number, callback: () => void): Timer {
  if (!Number.isFinite(delayMs))
    throw new RangeError(`A timer's delay must be a number of milliseconds, not ${delayMs}`);
  const wholeMs = Math.max(0, Math.ceil(delayMs));
  return queueFor(wholeMs).push(now() + wholeMs, callback);
}

function queueFor(delayMs: number): DelayQueue {
  const known = queues.get(delayMs);
  if (known !== undefined) return known;
  if (queues.size >= MAX_QUEUES) {
    for (const [delay, queue] of queues) if (queue.isEmpty) queues.delete(delay);
  }
  const queue = new DelayQueue(delayMs);
  // With all queues in use by other delays, the timer gets a queue of its own, as costly as a Node timer.
  if (queues.size < MAX_QUEUES) queues.set(delayMs, queue);
  return queue;
}

/** A timer and its place in its queue; `callback` is dropped as soon as it cannot be called any more. */
class QueuedTimer implements Timer {
  readonly dueMs: number;
  callback: (() => void) | undefined;
  previous: QueuedTimer | undefined;
  next: QueuedTimer | undefined;
  readonly #queue: DelayQueue;

  constructor(queue: DelayQueue, dueMs: number, callback: () => void) {
    this.#queue = queue;
    this.dueMs = dueMs;
    this.callback = callback;
  }

  cancel(): void {
    if (this.callback === undefined) return;
    this.callback = undefined;
    this.#queue.unlink(this);
  }
}

/** Timers of one delay, so that the first in is the first due; one Node timer waits for the head. */
class DelayQueue {
  readonly #delayMs: number;
  #head: QueuedTimer | undefined;
  #tail: QueuedTimer | undefined;
  #armed = false;
  readonly #fire = () => {
    this.#fireDue();
  };

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  get isEmpty(): boolean {
    return this.#head === undefined && !this.#armed;
  }

  push(dueMs: number, callback: () => void): QueuedTimer {
    const timer = new QueuedTimer(this, dueMs, callback);
    timer.previous = this.#tail;
    if (this.#tail === undefined) this.#head = timer;
    else this.#tail.next = timer;
    this.#tail = timer;
    // A head that was cancelled leaves its Node timer, which then looks for the next head: no churn for each cancel.
    if (!this.#armed) this.#arm(this.#delayMs);
    return timer;
  }

  unlink(timer: QueuedTimer): void {
    const { previous, next } = timer;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    timer.previous = undefined;
    timer.next = undefined;
  }

  #arm(delayMs: number): void {
    this.#armed = true;
    setTimeout(this.#fire, Math.min(delayMs, MAX_NODE_DELAY_MS)).unref();
  }

  #fireDue(): void {
    const nowMs = now();
    try {
      for (let head = this.#head; head !== undefined && head.dueMs <= nowMs; head = this.#head) {
        const { callback } = head;
        head.callback = undefined;
        this.unlink(head);
        callback?.();
      }
    } finally {
      // Node's own timers may come a millisecond early (they count from the turn's start): what is not due waits again.
      this.#armed = false;
      if (this.#head !== undefined) this.#arm(Math.max(BATCH_MS, Math.ceil(this.#head.dueMs - nowMs)));
    }
  }
}
