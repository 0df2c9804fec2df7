import { fileURLToPath } from 'node:url';
import { proportionalMiB, residentMiB } from './machine.mjs';
import { cpuSince, settle } from './measure.mjs';
import { run } from './processes.mjs';
import { deregisterAll, register, registerAll, startRegistrar } from './registrar.mjs';
import { warmUp } from './registrations.mjs';

const LOOKUPS = fileURLToPath(new URL('./lookups.mjs', import.meta.url));
const LOOKUPS_WITHIN_MS = 300_000;
const AT_A_TIME = 16;
/** What registers while it is measured, and how fast: of each size the first, so that with them it is as many as it says. */
const MEASURED = 500;
const MEASURED_RATE = 50;

/**
 * What so many registered users cost. Memory in MiB, of each element: what is resident, and of PostgreSQL's processes together
 * Pss. Times in ms.
 * @typedef {object} Population
 * @property {number} users
 * @property {number} loadS to provision those that the size before has not
 * @property {number} registeredPerS those that the size before has not, 16 at a time
 * @property {import('./watchers.mjs').Watched} registration 500 at 50/s, which complete the population
 * @property {import('./percentiles.mjs').Percentiles} lookupMs an LIR, one at a time
 * @property {Record<string, number>} memoryMiB
 * @property {number} otherCores what else used the machine while registrations and lookups were measured
 *
 * @typedef {{ store: import('./registrar.mjs').Store, emptyMiB: Record<string, number>, sizes: Population[] }} Populations
 */

/**
 * One network, in which more and more users are provisioned and register, through the sizes. `emptyMiB`: memory before, once
 * the network is warm and nobody is registered.
 * @param {import('./registrar.mjs').Store} store
 * @param {{ sizes: readonly number[], lookups: number, registrationRounds: number, onSize: (size: Population) => void }} options
 * @returns {Promise<Populations>}
 */
export async function measurePopulation(store, { sizes, lookups, registrationRounds, onSize }) {
  const chain = await startRegistrar(store);
  try {
    const measured = [];
    const firstLoadS = await chain.provision(0, sizes[0]);
    await warmUp(registrationRounds, sizes[0]);
    await settle(true);
    const emptyMiB = memoryOf(chain);
    let there = MEASURED;
    for (const [index, users] of sizes.entries()) {
      const loadS = index === 0 ? firstLoadS : await chain.provision(sizes[index - 1], users);
      const registeredPerS = await registerAll(there, users - there, AT_A_TIME);
      there = users;
      await settle(true);
      const used = cpuSince(chain);
      const registration = await register({ first: 0, users: MEASURED, rate: MEASURED_RATE });
      const lookupMs = await lookUp(chain, users, lookups);
      const { otherCores } = used();
      const memoryMiB = memoryOf(chain);
      const size = { users, loadS, registeredPerS, registration, lookupMs, memoryMiB, otherCores };
      measured.push(size);
      onSize(size);
      await deregisterAll(0, MEASURED, AT_A_TIME);
    }
    return { store, emptyMiB, sizes: measured };
  } finally {
    await chain.stop();
  }
}

async function lookUp({ diameter }, users, times) {
  const order = JSON.stringify({ hss: diameter, users, times });
  const { status, output, errors } = await run(process.execPath, [LOOKUPS, order], {
    limitMs: LOOKUPS_WITHIN_MS,
  });
  if (status !== 0) {
    throw new Error(`lookups ended with status ${status}: ${errors.trim().split('\n').at(-1)}`);
  }
  return JSON.parse(output);
}

function memoryOf({ elements }) {
  return Object.fromEntries(
    [...elements].map(([name, pids]) => [
      name,
      pids.length === 1 ? residentMiB(pids[0]) : proportionalMiB(pids),
    ]),
  );
}
