import type { Network } from '@ims-sim/element';
import { play, type Played } from '@ims-sim/player';
import type { Scenario } from '@ims-sim/scenario';
import { type SimulateOptions, type Simulated, simulateWith } from './simulate.js';

/** Once nothing has come for so long, the flow is over, unless the scenario says how long. */
const QUIET_MS = 50;

/** Plays a scenario on its network in this process. Rejects as `simulateWith`. */
export function simulate(
  scenario: Scenario,
  network: Network,
  options: SimulateOptions,
): Promise<Simulated<Played>> {
  return simulateWith(scenario, network, options, (ground, abort) =>
    play(scenario, network, ground, {
      quietMs: scenario.quietMs ?? QUIET_MS,
      abort,
      seed: options.seed,
    }),
  );
}
