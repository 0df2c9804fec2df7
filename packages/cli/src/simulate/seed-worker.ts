import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '@ims-sim/element';
import type { SeedAnswer, SeedResult, SeedWork } from './seeds.js';

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
    .then((result: SeedAnswer) => parentPort?.postMessage(result))
    .catch((error: unknown) => {
      const isUsers = error instanceof UserError;
      const text =
        error instanceof Error ? ((isUsers ? undefined : error.stack) ?? error.message) : String(error);
      parentPort?.postMessage({ error: text, isUsers } satisfies SeedAnswer);
    });
});
