import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SIP_PORT } from './addresses.mjs';
import { startNetwork } from './network.mjs';
import { startPostgres } from './postgres.mjs';
import { checkFree, run, temporaryFolder } from './processes.mjs';
import { provision } from './subscribers.mjs';

const REGISTERING = fileURLToPath(new URL('./registering.mjs', import.meta.url));
const PCSCF = '127.0.79.11';
const UES = '127.0.79.100';
/** The elements in the order in which a REGISTER passes them. */
const ORDER = ['pcscf1.home1.net', 'icscf1.home1.net', 'scscf1.home1.net', 'hss1.home1.net'];
/** TS 24.229 5.1.1.2: what a UE asks for. */
const EXPIRES_S = 600_000;
/** Users of one process of UEs: it has a socket for every 16. */
const BATCH = 20_000;
/** The least that the network takes a second, for a bound on how long it may take. */
const LEAST_PER_S = 10;
const BEYOND_MS = 40_000;

/**
 * @typedef {'lowdb' | 'postgresql'} Store where the HSS keeps its subscribers
 * @typedef {import('./measure.mjs').Chain & { diameter: string, provision: (from: number, to: number) => Promise<number>,
 *   postgres?: import('./postgres.mjs').Postgres }} Registrar
 */

/**
 * One operator's network with AKA on: P-CSCF, I-CSCF, S-CSCF and HSS, without subscribers; `provision` loads those from `from`
 * up to `to` by the HSS's HTTP interface and gives how long that took, in seconds. With the store `postgresql` the server is
 * one of its elements.
 * @param {Store} store
 * @returns {Promise<Registrar>}
 */
export async function startRegistrar(store) {
  await checkFree([PCSCF], SIP_PORT);
  const postgres = store === 'postgresql' ? await startPostgres() : undefined;
  try {
    const network = await startNetwork(networkFile(postgres?.url));
    const { http, diameter } = network.elements['hss1.home1.net'];
    const pids = ORDER.map((name) => [name.split('.', 1)[0], [network.elements[name].pid]]);
    return {
      name: store,
      target: PCSCF,
      get elements() {
        return new Map(postgres === undefined ? pids : [...pids, ['postgresql', postgres.pids()]]);
      },
      diameter: diameter.replace(/^tcp:/, ''),
      provision: (from, to) => provision(http, from, to),
      postgres,
      stop: async () => {
        await network.stop();
        await postgres?.stop();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

function networkFile(postgresql) {
  const file = join(temporaryFolder(), 'network.yaml');
  const store = postgresql === undefined ? '' : `, postgresql: '${postgresql}'`;
  writeFileSync(
    file,
    `profile: ts-24.141
auth: aka
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf, listen: '${PCSCF}:${SIP_PORT}' }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf }
      hss1.home1.net: { kind: hss, acceptsAnyPeer: true${store} }
`,
  );
  return file;
}

/**
 * The users from `first` up to `first + users` register, each once, at `rate` a second or `atATime` at a time.
 * @param {{ first: number, users: number, rate?: number, atATime?: number, expiresS?: number }} order
 * @returns {Promise<import('./watchers.mjs').Watched>}
 */
export async function register({ first, users, rate, atATime, expiresS = EXPIRES_S }) {
  const order = JSON.stringify({ target: PCSCF, local: UES, first, users, rate, atATime, expiresS });
  const { status, output, errors } = await run(process.execPath, [REGISTERING, order], {
    limitMs: (users * 1000) / (rate ?? LEAST_PER_S) + BEYOND_MS,
  });
  if (status !== 0) {
    throw new Error(`the UEs ended with status ${status}: ${errors.trim().split('\n').at(-1)}`);
  }
  const seen = JSON.parse(output);
  const refused = Object.entries(seen.refused).map(([code, times]) => `${times} x ${code}`);
  return { ...seen, ...(refused.length > 0 && { trouble: refused.join(', ') }) };
}

/**
 * As many users as are to be registered, at a rate that the network holds: some at a time. Rejects where one stays without.
 * @returns {Promise<number>} registrations/s
 */
export async function registerAll(first, users, atATime) {
  let tookS = 0;
  for (let from = first; from < first + users; from += BATCH) {
    const batch = Math.min(BATCH, first + users - from);
    const { complete, failed, achievedPerS, trouble } = await register({
      first: from,
      users: batch,
      atATime,
    });
    if (failed > 0) {
      throw new Error(`${failed} of ${batch} users could not register: ${trouble ?? 'no answer'}`);
    }
    tookS += complete / achievedPerS;
  }
  return users / tookS;
}

/** What is not registered stays so. */
export async function deregisterAll(first, users, atATime) {
  await register({ first, users, atATime, expiresS: 0 });
}
