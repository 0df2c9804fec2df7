import type { Clock } from '@ims-sim/host';
import { DueQueue } from '../due-queue.js';
import { DueTimer } from '../due-timer.js';
import type { ImplicitSet } from '../served-user.js';
import type { Subscription } from './subscription.js';

/** Subscriptions that one turn ends: each costs a NOTIFY. */
const ENDS_A_TURN = 500;
const TIMER_STEP_MS = 10;

const NONE: ReadonlySet<Subscription> = new Set();

/** Tells the subscriptions of one notifier apart: a call may have several, each with a local tag of its own. */
export function subscriptionKey(call: string, localTag: string): string {
  return `${localTag} ${call}`;
}

/** The subscriptions of a notifier, by dialog, by set, and by the time at which they end; one timer for all. */
export class Subscriptions {
  readonly #onDue: (subscription: Subscription) => void;
  readonly #byKey = new Map<string, Subscription>();
  readonly #bySet = new Map<ImplicitSet, Set<Subscription>>();
  readonly #due = new DueQueue<Subscription>();
  readonly #timer: DueTimer;

  constructor(clock: Clock, onDue: (subscription: Subscription) => void) {
    this.#onDue = onDue;
    const work = { next: () => this.#due.next?.dueMs ?? Infinity, expire: () => this.#end(this.#due.next) };
    this.#timer = new DueTimer(clock, work, { stepMs: TIMER_STEP_MS, perTurn: ENDS_A_TURN });
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
    this.#timer.arm(subscription.expiresAtMs);
  }

  close(): void {
    this.#timer.stop();
    this.#byKey.clear();
    this.#bySet.clear();
  }

  #end(subscription: Subscription | undefined): void {
    if (subscription !== undefined) {
      this.#due.remove(subscription);
      this.#onDue(subscription);
    }
  }
}
