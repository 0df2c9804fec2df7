import { token, type Clock, type Random } from '@ims-sim/host';
import type { SessionCase } from '@ims-sim/cx';
import type { ServedUser } from './served-user.js';

/** How far the evaluation of a user's criteria has come for a request that is at an application server. */
export interface OriginalDialog {
  readonly user: ServedUser;
  readonly sessionCase: SessionCase;
  /** Index of the criterion that comes next. */
  readonly next: number;
  /** Request-URI as it was sent to the application server. */
  readonly requestUri: string;
}

/** A generation of tokens lasts this long: a token is known for one to two of them. */
const GENERATION_MS = 32_000;
/** Tokens of one generation, at most; a flood of requests drops the older generation sooner. */
const MAX_TOKENS = 50_000;

/**
 * The original dialog identifiers of TS 24.229 5.4.3.4: tokens in the Route that leads back from an application
 * server, by which a request is known again whatever the server made of it. Bounded in number and time by two
 * generations, without a timer.
 */
export class OriginalDialogs {
  readonly #clock: Clock;
  readonly #random: Random;
  #current = new Map<string, OriginalDialog>();
  #previous = new Map<string, OriginalDialog>();
  #startedMs: number;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#startedMs = clock.now();
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /** Those that would still be found. */
  get valid(): number {
    this.#age();
    return this.size;
  }

  /** Remembers where a request stands and gives its token: `z9hG4bK` (as TR 24.841 table 6.1.1-11) and 66 bits of chance. */
  begin(dialog: OriginalDialog): string {
    this.#age();
    const name = `z9hG4bK${token(this.#random, 11)}`;
    this.#current.set(name, dialog);
    return name;
  }

  find(name: string): OriginalDialog | undefined {
    this.#age();
    return this.#current.get(name) ?? this.#previous.get(name);
  }

  end(name: string): void {
    if (!this.#current.delete(name)) {
      this.#previous.delete(name);
    }
  }

  #age(): void {
    const ageMs = this.#clock.now() - this.#startedMs;
    if (ageMs < GENERATION_MS && this.#current.size < MAX_TOKENS) {
      return;
    }
    this.#previous = ageMs < 2 * GENERATION_MS ? this.#current : new Map();
    this.#current = new Map();
    this.#startedMs = this.#clock.now();
  }
}
