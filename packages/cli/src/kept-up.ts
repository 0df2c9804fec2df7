import { UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import { type Crash, endOf } from './child-element.js';
import type { NetworkProcesses } from './network-processes.js';

const RESTARTS = 3;
const RESTARTS_WITHIN_MS = 10_000;

/** A network whose elements are started again when they end, as long as that is not too often. */
export class KeptUp {
  /** Resolves when one ends more often than three times in ten seconds, or cannot be started again. */
  readonly lost: Promise<UserError>;
  readonly #onBack: (network: NetworkProcesses) => void;
  readonly #restarts = new Restarts();
  #network: NetworkProcesses | undefined;
  #giveUp: (why: UserError) => void = () => undefined;

  /** `onBack` is told of each element that is up again. */
  constructor(onBack: (network: NetworkProcesses) => void) {
    this.#onBack = onBack;
    this.lost = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  /** From now on; before, the start itself fails, and says so. */
  keep(network: NetworkProcesses): void {
    this.#network = network;
  }

  crashed(crash: Crash): void {
    if (this.#network === undefined) {
      return;
    }
    if (!this.#restarts.may(crash.name, systemClock.now())) {
      this.#giveUp(lastWords(crash, 'again'));
      return;
    }
    this.#startAgain(crash, this.#network).catch((error: unknown) => {
      this.#giveUp(lastWords(crash, `cannot be started again: ${(error as Error).message}`));
    });
  }

  async #startAgain({ name, how }: Crash, network: NetworkProcesses): Promise<void> {
    console.log(`${name} ${how}: starting it again`);
    await network.restart(name);
    console.log(`${name} is back`);
    this.#onBack(network);
  }
}

function lastWords(crash: Crash, what: string): UserError {
  return new UserError(endOf(crash, `, ${what}`));
}

/** How often each element was started again of late. */
class Restarts {
  readonly #atMs = new Map<string, number[]>();

  may(name: string, nowMs: number): boolean {
    const late = (this.#atMs.get(name) ?? []).filter((atMs) => nowMs - atMs < RESTARTS_WITHIN_MS);
    this.#atMs.set(name, [...late, nowMs]);
    return late.length < RESTARTS;
  }
}
