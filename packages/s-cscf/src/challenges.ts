import type { AuthenticationItem } from '@ims-sim/cx';
import type { Clock } from '@ims-sim/host';
import { DueQueue, type Due } from './due-queue.js';
import { DueTimer } from './due-timer.js';

/** A nonce that this S-CSCF gave out, and what is the right answer to it. */
export interface Challenge {
  readonly nonce: string;
  readonly item: AuthenticationItem;
  readonly privateIdentity: string;
  readonly publicIdentity: string;
  /** Of the REGISTER that was challenged: the answer has the same. Undefined: a nonce that nobody waits for, of a 200 (nextnonce). */
  readonly callId: string | undefined;
  /** The UE's sequence number has been taken over already; a second time is one too many. */
  readonly resynchronised: boolean;
  /** Wrong answers in a row before this challenge. */
  readonly failures: number;
  /** SIP Digest: the highest nonce count of a right answer; the next one is above. */
  readonly nonceCount: number;
  /** SIP Digest: the nonce is no good after that, however often it was used. */
  readonly validUntilMs: number;
}

/** TS 24.229 table 7.8.1. */
const REG_AWAIT_AUTH_MS = 240_000;
/** Several UEs may register one after the other; and who asks for more does not take the place of all others. */
const MAX_A_USER = 4;
const MAX_CHALLENGES = 200_000;
const TIMER_STEP_MS = 1000;

interface Pending extends Due {
  readonly challenge: Challenge;
}

/**
 * The challenges that wait for an answer (timer reg-await-auth, TS 24.229 5.4.1.2.1), by private identity: four a user,
 * 200,000 in all, the oldest going first, and before them the nonces that nobody waits for: without one of those a UE is
 * challenged once more, without the other its registration fails. One timer for all.
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #onTimeout: (challenge: Challenge) => void;
  readonly #max: number;
  readonly #users = new Map<string, readonly Pending[]>();
  readonly #waiting = new DueQueue<Pending>();
  /** Those of a 200. */
  readonly #idle = new DueQueue<Pending>();
  readonly #timer: DueTimer;
  #size = 0;

  /** `onTimeout`: nobody has answered a challenge (none of the nonces that come with a 200 is waited for). */
  constructor(clock: Clock, onTimeout: (challenge: Challenge) => void, max = MAX_CHALLENGES) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    this.#max = max;
    const work = { next: () => this.#next?.dueMs ?? Infinity, expire: () => this.#timeOut(this.#next) };
    this.#timer = new DueTimer(clock, work, { stepMs: TIMER_STEP_MS });
  }

  get size(): number {
    return this.#size;
  }

  add(challenge: Challenge): void {
    const { privateIdentity, callId, validUntilMs } = challenge;
    const oldest = this.#users.get(privateIdentity);
    if (oldest !== undefined && oldest.length >= MAX_A_USER) {
      this.#drop(oldest[0] as Pending);
    } else if (this.#size >= this.#max) {
      this.#timeOut(this.#idle.next ?? this.#waiting.next);
    }
    const pending: Pending = { challenge, dueMs: Infinity, dueIndex: -1 };
    this.#users.set(privateIdentity, [...(this.#users.get(privateIdentity) ?? []), pending]);
    this.#size++;
    this.#queueOf(pending).put(
      pending,
      callId === undefined ? validUntilMs : this.#clock.now() + REG_AWAIT_AUTH_MS,
    );
    this.#timer.arm(pending.dueMs);
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

  /** Takes away all of a private identity: what it is to prove its identity with may be another now. */
  forget(privateIdentity: string): void {
    for (const pending of this.#users.get(privateIdentity) ?? []) {
      this.#drop(pending);
    }
  }

  close(): void {
    this.#timer.stop();
  }

  #find(privateIdentity: string, is: (pending: Pending) => boolean): Pending | undefined {
    return this.#users.get(privateIdentity)?.find(is);
  }

  #drop(gone: Pending): void {
    const { privateIdentity } = gone.challenge;
    const all = this.#users.get(privateIdentity) ?? [];
    const left = all.filter((pending) => pending !== gone);
    if (left.length === all.length) {
      return;
    }
    this.#size--;
    this.#queueOf(gone).remove(gone);
    if (left.length === 0) {
      this.#users.delete(privateIdentity);
    } else {
      this.#users.set(privateIdentity, left);
    }
    if (this.#size === 0) {
      this.close();
    }
  }

  #queueOf({ challenge: { callId } }: Pending): DueQueue<Pending> {
    return callId === undefined ? this.#idle : this.#waiting;
  }

  /** What is due first. */
  get #next(): Pending | undefined {
    const waiting = this.#waiting.next;
    const idle = this.#idle.next;
    return waiting === undefined || (idle !== undefined && idle.dueMs < waiting.dueMs) ? idle : waiting;
  }

  #timeOut(pending: Pending | undefined): void {
    if (pending === undefined) {
      return;
    }
    this.#drop(pending);
    if (pending.challenge.callId !== undefined) {
      this.#onTimeout(pending.challenge);
    }
  }
}
