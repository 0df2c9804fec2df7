import { highestRate, settle } from './measure.mjs';
import { deregisterAll, register, registerAll, startRegistrar } from './registrar.mjs';

/** Subscribers of the network: what registers in one step, at most. */
export const SUBSCRIBERS = 2000;
const CLIMB_FROM = 150;
const AT_A_TIME = 16;

/**
 * The highest rate of registrations with AKA, with the HSS on a store.
 * @typedef {{ store: import('./registrar.mjs').Store, loadS: number, best?: import('./measure.mjs').Step }} Registrations
 */

/**
 * The highest rate at which users register (REGISTER, 401, REGISTER, 200) through P-CSCF, I-CSCF, S-CSCF and HSS. Every one is
 * an initial registration: between the steps the users de-register, which is not measured.
 * @param {import('./registrar.mjs').Store} store
 * @param {{ seconds: number, bisections: number, factor: number, registrationRounds: number }} effort
 * @param {(step: import('./measure.mjs').Step) => void} onStep
 * @returns {Promise<Registrations>}
 */
export async function measureRegistrations(store, effort, onStep) {
  const chain = await startRegistrar(store);
  try {
    const loadS = await chain.provision(0, SUBSCRIBERS);
    await warmUp(effort.registrationRounds, SUBSCRIBERS);
    await settle(false);
    const { seconds, bisections, factor } = effort;
    const options = { from: CLIMB_FROM, seconds, bisections, factor, onStep };
    return { store, loadS, best: await highestRate(chain, ues(), options) };
  } finally {
    await chain.stop();
  }
}

/** The users register and de-register so many times: Node compiles what is hot, and that takes thousands. */
export async function warmUp(rounds, users) {
  for (let round = 0; round < rounds; round++) {
    await registerAll(0, users, AT_A_TIME);
    await deregisterAll(0, users, AT_A_TIME);
  }
}

/** @returns {import('./watchers.mjs').Watcher} */
function ues() {
  let registered = 0;
  return {
    name: 'registrations',
    most: SUBSCRIBERS,
    watch: ({ rate, flows }) => {
      registered = flows;
      return register({ first: 0, users: flows, rate });
    },
    afterwards: async () => {
      await deregisterAll(0, registered, AT_A_TIME);
      await settle(true);
    },
  };
}
