import type { Clock, Timer } from '@ims-sim/host';
import { LiveArea } from './live-area.js';
import type { Planned } from './plan.js';

/** Where nothing is rewritten, so often a line says how far it is. */
const SAY_EVERY_MS = 5000;
/** Of those that run. */
const MAX_SAID = 8;

/** How far one is. */
export interface Running {
  text: string;
  messages: number;
}

/** The scenarios that run: on a terminal a line for each below all others, elsewhere lines every 5 s. */
export class RunningScenarios {
  readonly #out: NodeJS.WriteStream;
  readonly #clock: Clock;
  readonly #lineOf: (planned: Planned, its: Running) => string;
  readonly #running = new Map<Planned, Running>();
  readonly #live: LiveArea;
  #saying: Timer | undefined;

  constructor(out: NodeJS.WriteStream, clock: Clock, lineOf: (planned: Planned, its: Running) => string) {
    this.#out = out;
    this.#clock = clock;
    this.#lineOf = lineOf;
    this.#live = new LiveArea(out, clock, () => this.#lines());
  }

  began(planned: Planned): void {
    this.#running.set(planned, { text: '', messages: 0 });
    this.#changed();
    if (this.#saying === undefined) {
      this.#sayLater();
    }
  }

  /** `change` is done to what is known of one that runs. */
  update(planned: Planned, change: (its: Running) => void): void {
    const its = this.#running.get(planned);
    if (its !== undefined) {
      change(its);
      this.#changed();
    }
  }

  /** With the line that stays of it. */
  ended(planned: Planned, text: string): void {
    this.#running.delete(planned);
    this.#sayLater();
    this.say(text);
    this.#changed();
  }

  /** A line that stays. */
  say(text: string): void {
    this.#live.clear();
    this.#out.write(`${text}\n`);
  }

  close(): void {
    this.#running.clear();
    this.#sayLater();
    this.#live.clear();
  }

  #lines(): string[] {
    return [...this.#running].map(([planned, its]) => this.#lineOf(planned, its));
  }

  #changed(): void {
    if (this.#out.isTTY) {
      this.#live.changed();
    }
  }

  #sayLater(): void {
    this.#saying?.cancel();
    this.#saying = undefined;
    if (this.#out.isTTY || this.#running.size === 0) {
      return;
    }
    this.#saying = this.#clock.timer(SAY_EVERY_MS, () => {
      for (const text of this.#lines().slice(0, MAX_SAID)) {
        this.say(text.trimEnd());
      }
      this.#sayLater();
    });
  }
}
