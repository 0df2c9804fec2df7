import type { AuthenticationItem } from '@ims-sim/cx';
import type { Clock, Timer } from '@ims-sim/host';
import { DueQueue, type Due } from './due-queue.js';

/** A nonce that this S-CSCF gave out, and what is the right answer to it. */
export interface Challenge {
  readonly nonce: string;
  readonly item: AuthenticationItem;
  readonly privateIdentity: string;
  readonly publicIdentity: string;
  /** Of the REGISTER that was challenged: the answer has the same. Undefined: a nonce that came with a 200 (nextnonce). */
  readonly callId: string | undefined;
  /** The UE's sequence number has been taken over already; a second time is one too many. */
  readonly resynchronised: boolean;
  /** SIP Digest: the highest nonce count of a right answer; the next one is above. */
  nonceCount: number;
}

/** TS 24.229 table 7.8.1. */
const REG_AWAIT_AUTH_MS = 240_000;
/** How long a nonce that came with a 200 can be used. */
const NEXT_NONCE_MS = 600_000;
/** Several UEs may register one after the other; and who asks for more does not take the place of all others. */
const MAX_A_USER = 4;
const MAX_CHALLENGES = 200_000;
/** Wrong answers are forgotten with the last challenge, or with the right one. */
const TIMER_STEP_MS = 1000;

interface Pending extends Due {
  readonly challenge: Challenge;
}

/**
 * The challenges that wait for an answer (timer reg-await-auth, TS 24.229 5.4.1.2.1), by private identity: four a user,
 * 200,000 in all, the oldest going first. One timer for all.
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #onTimeout: (challenge: Challenge) => void;
  readonly #max: number;
  readonly #users = new Map<string, { pending: readonly Pending[]; failures: number }>();
  readonly #due = new DueQueue<Pending>();
  #size = 0;
  #timer: Timer | undefined;
  #timerAtMs = Infinity;

  /** `onTimeout`: nobody has answered a challenge (none of the nonces that come with a 200 is waited for). */
  constructor(clock: Clock, onTimeout: (challenge: Challenge) => void, max = MAX_CHALLENGES) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  add(challenge: Challenge): void {
    const user = this.#users.get(challenge.privateIdentity);
    const others = user?.pending ?? [];
    const oldest = others.length >= MAX_A_USER ? others[0] : undefined;
    if (oldest !== undefined) {
      this.#drop(oldest);
    } else if (this.#size >= this.#max && this.#due.next !== undefined) {
      this.#timeOut(this.#due.next);
    }
    const pending: Pending = { challenge, dueMs: Infinity, dueIndex: -1 };
    const now = this.#users.get(challenge.privateIdentity);
    this.#users.set(challenge.privateIdentity, {
      pending: [...(now?.pending ?? []), pending],
      failures: now?.failures ?? user?.failures ?? 0,
    });
    this.#size++;
    const lifeMs = challenge.callId === undefined ? NEXT_NONCE_MS : REG_AWAIT_AUTH_MS;
    this.#due.put(pending, this.#clock.now() + lifeMs);
    this.#arm(pending.dueMs);
  }

  /** The challenge to a private identity with that nonce. */
  find(privateIdentity: string, nonce: string): Challenge | undefined {
    return this.#find(privateIdentity, ({ challenge }) => challenge.nonce === nonce)?.challenge;
  }

  /** Takes the challenge away: no second answer to it. */
  remove({ privateIdentity, nonce }: Challenge): void {
    const pending = this.#find(privateIdentity, ({ challenge }) => challenge.nonce === nonce);
    if (pending !== undefined) {
      this.#drop(pending);
    }
  }

  /** One more wrong answer of a private identity: how many there were, this one included. */
  failed(privateIdentity: string): number {
    const user = this.#users.get(privateIdentity) ?? { pending: [], failures: 0 };
    user.failures++;
    if (user.pending.length > 0) {
      this.#users.set(privateIdentity, user);
    }
    return user.failures;
  }

  /** Nothing is held against a private identity any more. */
  forgive(privateIdentity: string): void {
    const user = this.#users.get(privateIdentity);
    if (user !== undefined) {
      user.failures = 0;
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
  }

  #find(privateIdentity: string, is: (pending: Pending) => boolean): Pending | undefined {
    return this.#users.get(privateIdentity)?.pending.find(is);
  }

  #drop(gone: Pending): void {
    const { privateIdentity } = gone.challenge;
    const user = this.#users.get(privateIdentity);
    const left = user?.pending.filter((pending) => pending !== gone) ?? [];
    if (user === undefined || left.length === user.pending.length) {
      return;
    }
    this.#size--;
    this.#due.remove(gone);
    if (left.length === 0) {
      this.#users.delete(privateIdentity);
    } else {
      user.pending = left;
    }
    if (this.#size === 0) {
      this.close();
    }
  }

  #timeOut(pending: Pending): void {
    this.#drop(pending);
    if (pending.challenge.callId !== undefined) {
      this.#onTimeout(pending.challenge);
    }
  }

  #arm(atMs: number): void {
    if (atMs < this.#timerAtMs) {
      this.#timer?.cancel();
      this.#timerAtMs = atMs;
      this.#timer = this.#clock.timer(atMs - this.#clock.now(), () => this.#sweep());
    }
  }

  #sweep(): void {
    this.close();
    const nowMs = this.#clock.now();
    let next = this.#due.next;
    while (next !== undefined && next.dueMs <= nowMs) {
      this.#timeOut(next);
      next = this.#due.next;
    }
    if (next !== undefined) {
      this.#arm(Math.max(next.dueMs, nowMs + TIMER_STEP_MS));
    }
  }
}
