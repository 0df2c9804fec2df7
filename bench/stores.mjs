/**
 * What the HSS's stores cost against their population. Each size is measured in a process of its own
 * (`node stores.mjs '{"kind", "place", "population"}'`), so that its memory is that of one store.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { children, proportionalMiB, residentMiB } from './machine.mjs';
import { percentiles } from './percentiles.mjs';
import { startPostgres } from './postgres.mjs';
import { run, temporaryFolder } from './processes.mjs';

const SELF = fileURLToPath(import.meta.url);
const HSS = new URL('../packages/hss/dist/src/', import.meta.url);
/** Of one size: longer, and it is given up. */
const WITHIN_MS = 30 * 60_000;
const LOOKUPS = 10_000;
const UPDATES = { lowdb: 100, postgresql: 2000 };
/** Updates that wait at a time, as under load: those of lowdb share its writes. */
export const SIDE_BY_SIDE = 50;

/**
 * Times in milliseconds unless their name says otherwise. `openS`: to open it again; `processMiB`: resident in the process that
 * has it open; `serverMiB`: Pss of the server's processes.
 * @typedef {import('./percentiles.mjs').Percentiles} Percentiles
 * @typedef {{ kind: import('./registrar.mjs').Store, population: number, loadS: number, openS: number, byPrivate: Percentiles,
 *   byPublic: Percentiles, update: Percentiles, updatesPerS: number, processMiB: number, serverMiB?: number,
 *   storedMiB: number }} StoreFinding
 */

/**
 * @param {import('./registrar.mjs').Store} kind
 * @returns {Promise<StoreFinding>}
 */
export async function measureStore(kind, population) {
  if (kind === 'lowdb') {
    const place = join(temporaryFolder(), 'hss.json');
    const finding = await inOwnProcess({ kind, place, population });
    return { ...finding, storedMiB: statSync(place).size / 2 ** 20 };
  }
  const server = await startPostgres();
  try {
    return await inOwnProcess({ kind, place: server.url, population, serverPid: server.pid });
  } finally {
    await server.stop();
  }
}

async function inOwnProcess(order) {
  const limits = { limitMs: WITHIN_MS };
  const { status, output, errors } = await run(process.execPath, [SELF, JSON.stringify(order)], limits);
  if (status !== 0) {
    throw new Error(errors.trim().slice(-2000) || `status ${status}`);
  }
  return JSON.parse(output);
}

/** @returns {Promise<Finding>} */
async function measure({ kind, place, population, serverPid }) {
  const lowdb = kind === 'lowdb';
  const module = await import(new URL(`store/${lowdb ? 'lowdb' : 'postgres'}-store.js`, HSS).href);
  const open = () => (lowdb ? module.openLowdbStore(place) : module.openPostgresStore(place));
  const first = await open();
  const [loadS] = await seconds(() => first.load(subscriptions(population)));
  await first.close();
  const [openS, store] = await seconds(open);
  if ((await store.count()) !== population) throw new Error('not all are there');

  const someone = () => Math.floor(Math.random() * population);
  const found = (stored) => {
    if (stored === undefined) throw new Error('a subscriber is not found');
  };
  const update = () =>
    store.update(`user${someone()}_private@home1.net`, ({ state }) => ({
      result: true,
      state: { ...state, ...REGISTERED },
    }));
  const byPrivate = await timed(LOOKUPS, async () =>
    found(await store.byPrivateIdentity(`user${someone()}_private@home1.net`)),
  );
  const byPublic = await timed(LOOKUPS, async () =>
    found(await store.byPublicIdentity(`tel:+1${String(someone()).padStart(10, '0')}`)),
  );
  const updates = await timed(UPDATES[kind], update);
  const [tookS] = await seconds(() =>
    Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, async () => {
        for (let i = 0; i < UPDATES[kind] / 10; i++) await update();
      }),
    ),
  );
  const finding = {
    kind,
    population,
    loadS,
    openS,
    byPrivate,
    byPublic,
    update: updates,
    updatesPerS: (SIDE_BY_SIDE * UPDATES[kind]) / 10 / tookS,
    processMiB: residentMiB(process.pid),
    ...(serverPid !== undefined && (await ofServer(place, serverPid))),
  };
  await store.close();
  return finding;
}

const REGISTERED = {
  server: { name: 'sip:scscf1.home1.net:5060', host: 'scscf1.home1.net', realm: 'home1.net' },
  sets: { 0: { registeredBy: ['user_private@home1.net'] } },
};

/** Subscribers as a network has them: AKA, a sip and a tel identity, presence by two criteria. */
function* subscriptions(population) {
  const criterion = (priority, method, sessionCase) => ({
    priority,
    triggerPoint: {
      cnf: true,
      servicePointTriggers: [
        { kind: 'method', method, negated: false, groups: [0] },
        { kind: 'sip-header', header: 'Event', content: '^presence(;|$)', negated: false, groups: [1] },
        { kind: 'session-case', sessionCase, negated: false, groups: [2] },
      ],
    },
    applicationServer: { serverName: 'sip:ps.home1.net', defaultHandling: 'session-continued' },
  });
  for (let i = 0; i < population; i++) {
    const key = i.toString(16).padStart(32, '0');
    yield {
      privateIdentities: [{ identity: `user${i}_private@home1.net`, aka: { k: key, opc: key } }],
      implicitSets: [
        {
          serviceProfiles: [
            {
              publicIdentities: [
                { identity: `sip:user${i}@home1.net`, barred: false },
                { identity: `tel:+1${String(i).padStart(10, '0')}`, barred: false },
              ],
              initialFilterCriteria: [
                criterion(0, 'SUBSCRIBE', 'terminating-registered'),
                criterion(1, 'PUBLISH', 'originating'),
              ],
            },
          ],
        },
      ],
    };
  }
}

async function seconds(act) {
  const beganMs = performance.now();
  const result = await act();
  return [(performance.now() - beganMs) / 1000, result];
}

async function timed(times, act) {
  for (let i = 0; i < times / 10; i++) await act(); // Node compiles what is hot, the server reads what is asked for.
  const took = new Float64Array(times);
  for (let i = 0; i < times; i++) {
    const beganMs = performance.now();
    await act();
    took[i] = performance.now() - beganMs;
  }
  return percentiles(took);
}

async function ofServer(url, serverPid) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT pg_database_size(current_database()) AS bytes');
  await client.end();
  return {
    storedMiB: Number(rows[0].bytes) / 2 ** 20,
    serverMiB: proportionalMiB([serverPid, ...children(serverPid)]),
  };
}

if (process.argv[1] === SELF) {
  process.stdout.write(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '{}'))));
}
