import { UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import { type Crash, endOf } from './child-element.js';
import type { NetworkProcesses } from './network-processes.js';

const RESTARTS = 3;
/** Who has been up for so long stays up. What a start takes does not count: it says more about the machine than about the element. */
const STAYS_UP_MS = 10_000;

/** A network whose elements are started again when they end, as long as that is not too often. */
export class KeptUp {
  /** Resolves when one does not stay up for ten seconds after each of three starts, or cannot be started again. */
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
    this.#restarts.back(name, systemClock.now());
    console.log(`${name} is back`);
    this.#onBack(network);
  }
}

function lastWords(crash: Crash, what: string): UserError {
  return new UserError(endOf(crash, `, ${what}`));
}

/** How often each element was started again without staying up. */
class Restarts {
  readonly #last = new Map<string, { readonly times: number; readonly backMs: number }>();

  may(name: string, nowMs: number): boolean {
    const last = this.#last.get(name);
    const times = last === undefined || nowMs - last.backMs >= STAYS_UP_MS ? 0 : last.times;
    this.#last.set(name, { times: times + 1, backMs: nowMs });
    return times < RESTARTS;
  }

  /** It is up again. */
  back(name: string, nowMs: number): void {
    const times = this.#last.get(name)?.times ?? 0;
    this.#last.set(name, { times, backMs: nowMs });
  }
}
