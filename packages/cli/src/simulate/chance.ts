import type { Random, VirtualClock } from '@ims-sim/host';
import { seededRandom } from '@ims-sim/host';
import type { SimulatedNetwork } from './simulated-network.js';

/** What may go wrong by chance, within bounds. Shares are of all datagrams, from 0 to 1; TCP repairs losses, and only takes the delay. */
export interface ChanceBounds {
  readonly loss: number;
  readonly duplication: number;
  /** Datagrams that later ones overtake. */
  readonly reorder: number;
  /** How long each way takes. */
  readonly delayMs: readonly [minimum: number, maximum: number];
  readonly restarts: {
    /** Elements that are killed and started again, at most; how many is up to the seed. */
    readonly atMost: number;
    /** From the first action on. */
    readonly withinMs: number;
    /** How long one is away. */
    readonly downMs: readonly [minimum: number, maximum: number];
  };
}

/**
 * A bad day, on which all still has to come right: one datagram in fifty is lost, one comes twice, one is overtaken, ways take up to 50 ms,
 * and at most one element is killed within the first 10 s and back within 5.
 */
export const DEFAULT_CHANCE: ChanceBounds = {
  loss: 0.02,
  duplication: 0.02,
  reorder: 0.02,
  delayMs: [0, 50],
  restarts: { atMost: 1, withinMs: 10_000, downMs: [50, 5000] },
};

/** Restarts as the seed has them. */
export interface Restarts {
  /** So far. */
  readonly count: number;
  /** Rejects where an element could not be started again. */
  readonly failed: Promise<never>;
}

/** From now on elements are killed and started again, as often as the seed says. */
export function restartByChance(
  simulated: SimulatedNetwork,
  clock: VirtualClock,
  seed: number,
  { restarts: { atMost, withinMs, downMs } }: ChanceBounds,
): Restarts {
  const random = seededRandom(`${seed} restarts`);
  let count = 0;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // whoever waits for it hears of it
  const times = atMost === 0 ? 0 : random.uint32() % (atMost + 1);
  for (let time = 0; time < times; time++) {
    const name = simulated.names[random.uint32() % simulated.names.length] ?? '';
    const awayMs = between(downMs, random);
    clock.timer(between([0, withinMs], random), () => {
      if (!simulated.isUp(name)) {
        return; // it is killed already
      }
      count++;
      simulated.kill(name);
      say(simulated, name, 'killed (kill -9)');
      clock.timer(awayMs, () => {
        if (!simulated.isDown(name)) {
          return; // the scenario has started it
        }
        say(simulated, name, 'starts again');
        simulated.restart(name).catch(fail);
      });
    });
  }
  return {
    get count() {
      return count;
    },
    failed,
  };
}

function say(simulated: SimulatedNetwork, name: string, text: string): void {
  simulated.collector.trace(name).decision({ clause: '', text });
}

function between([minimum, maximum]: readonly [number, number], random: Random): number {
  return minimum + (random.uint32() % (1 + Math.max(0, Math.floor(maximum - minimum))));
}
