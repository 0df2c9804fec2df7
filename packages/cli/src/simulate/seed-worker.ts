import { parentPort, workerData } from 'node:worker_threads';
import type { SeedResult, SeedWork } from './seeds.js';

/** A thread of `simulateSeeds`: gets seeds, answers each with a `SeedResult`, or with why there is none. */
const { module, scenario, network, chance } = workerData as SeedWork;

type SeedResultOf = (
  scenario: SeedWork['scenario'],
  network: SeedWork['network'],
  options: { readonly seed: number; readonly chance: SeedWork['chance'] },
) => Promise<SeedResult>;

const loaded = import(module) as Promise<{ readonly seedResult: SeedResultOf }>;

parentPort?.on('message', (seed: number) => {
  loaded
    .then(({ seedResult }) => seedResult(scenario, network, { seed, chance }))
    .then((result) => parentPort?.postMessage(result))
    .catch((error: unknown) => {
      parentPort?.postMessage({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    });
});
