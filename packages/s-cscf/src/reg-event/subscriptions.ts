import type { Clock, Timer } from '@ims-sim/host';
import { DueQueue } from '../due-queue.js';
import type { ImplicitSet } from '../served-user.js';
import type { Subscription } from './subscription.js';

/** Subscriptions that one turn ends: each costs a NOTIFY. */
const ENDS_A_TURN = 500;
const NEXT_TURN_MS = 10;

const NONE: ReadonlySet<Subscription> = new Set();

export function subscriptionKey(call: string, localTag: string): string {
  return `${localTag} ${call}`;
}

/** The subscriptions of a notifier, by dialog, by set, and by the time at which they end; one timer for all. */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #onDue: (subscription: Subscription) => void;
  readonly #byKey = new Map<string, Subscription>();
  readonly #bySet = new Map<ImplicitSet, Set<Subscription>>();
  readonly #due = new DueQueue<Subscription>();
  #timer: Timer | undefined;
  #timerAtMs = Infinity;

  constructor(clock: Clock, onDue: (subscription: Subscription) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#byKey.size;
  }

  find(call: string, localTag: string): Subscription | undefined {
    return this.#byKey.get(subscriptionKey(call, localTag));
  }

  has(subscription: Subscription): boolean {
    return this.#byKey.get(subscription.key) === subscription;
  }

  ofSet(set: ImplicitSet): ReadonlySet<Subscription> {
    return this.#bySet.get(set) ?? NONE;
  }

  add(subscription: Subscription): void {
    this.#byKey.set(subscription.key, subscription);
    const others = this.#bySet.get(subscription.set);
    if (others === undefined) {
      this.#bySet.set(subscription.set, new Set([subscription]));
    } else {
      others.add(subscription);
    }
    this.schedule(subscription);
  }

  remove(subscription: Subscription): void {
    this.#byKey.delete(subscription.key);
    this.#due.remove(subscription);
    const others = this.#bySet.get(subscription.set);
    if (others?.delete(subscription) === true && others.size === 0) {
      this.#bySet.delete(subscription.set);
    }
  }

  /** Its `expiresAtMs` has changed. */
  schedule(subscription: Subscription): void {
    this.#due.put(subscription, subscription.expiresAtMs);
    this.#arm(subscription.expiresAtMs);
  }

  close(): void {
    this.#timer?.cancel();
    this.#byKey.clear();
    this.#bySet.clear();
  }

  #arm(atMs: number): void {
    if (atMs < this.#timerAtMs) {
      this.#timer?.cancel();
      this.#timerAtMs = atMs;
      this.#timer = this.#clock.timer(Math.max(0, atMs - this.#clock.now()), () => this.#sweep());
    }
  }

  #sweep(): void {
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.now();
    let next = this.#due.next;
    for (let taken = 0; taken < ENDS_A_TURN && next !== undefined && next.dueMs <= nowMs; taken++) {
      this.#due.remove(next);
      this.#onDue(next);
      next = this.#due.next;
    }
    if (next !== undefined) {
      this.#arm(Math.max(next.dueMs, nowMs + NEXT_TURN_MS));
    }
  }
}
