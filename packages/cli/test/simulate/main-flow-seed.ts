import type { Network } from '@ims-sim/element';
import { simulateWith, type Cast, type SimulateOptions } from '../../src/simulate/simulate.js';
import type { SeedResult } from '../../src/simulate/seeds.js';
import { playMainFlow } from './main-flow.js';

/** What a thread of `simulateSeeds` runs in tests: the main flow as code. */
export async function seedResult(
  scenario: Cast,
  network: Network,
  options: SimulateOptions,
): Promise<SeedResult> {
  const { played, broken, restarts } = await simulateWith(scenario, network, options, playMainFlow);
  const failures = [
    ...broken.map(({ property, text }) => `${property}: ${text}`),
    ...(restarts > 0 ? [] : played),
  ];
  return { seed: options.seed, passed: failures.length === 0, failures, restarts };
}
