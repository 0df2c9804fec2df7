/**
 * `npm run bench -- population`: what an HSS's stores cost against their population, as Markdown on standard output; what is
 * being done goes to standard error. Each size is measured in a process of its own.
 *
 *     node bench/population.mjs [--lowdb 1000,10000] [--postgresql 1000,10000,100000,1000000]
 *
 * PostgreSQL is a cluster of its own in a temporary folder, with the settings of its package (what it answers as committed is on
 * disk). Needs `npm run build`, and Debian's package `postgresql` for that part.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, residentMiB } from './machine.mjs';

const SELF = fileURLToPath(import.meta.url);
const HSS = new URL('../packages/hss/dist/', import.meta.url);
const USAGE = 'usage: npm run bench -- population [--lowdb N,...] [--postgresql N,...]   (N: 0 for none)';
const DEFAULTS = { lowdb: '1000,10000', postgresql: '1000,10000,100000,1000000' };
const MOST = 10_000_000;
/** Of one size: longer, and it is given up. */
const WITHIN_MS = 30 * 60_000;
const LOOKUPS = 10_000;
const UPDATES = { lowdb: 100, postgresql: 2000 };
/** Updates that wait at a time, as under load: those of lowdb share its writes. */
const SIDE_BY_SIDE = 50;

/**
 * Times in microseconds unless their name says otherwise.
 * @typedef {{ kind: string, population: number, loadS: number, byPrivate: Quantiles, byPublic: Quantiles, update: Quantiles,
 *   updatesPerS: number, processMiB: number, serverMiB?: number, storedMiB: number, openS: number }} Finding
 * @typedef {{ p50: number, p99: number }} Quantiles
 */

/** Measures each size and prints the table. `args`: as on the command line. */
export async function population(args) {
  const sizes = sizesOf(args);
  const findings = [];
  for (const size of sizes.lowdb) findings.push(onLowdb(size));
  if (sizes.postgresql.length > 0) findings.push(...(await onPostgres(sizes.postgresql)));
  console.log(report(findings));
}

function sizesOf(args) {
  const { values } = parseArgs({
    args,
    options: Object.fromEntries(
      Object.entries(DEFAULTS).map(([kind, sizes]) => [kind, { type: 'string', default: sizes }]),
    ),
  });
  return Object.fromEntries(
    Object.entries(values).map(([kind, text]) => {
      const sizes = text.split(',').map(Number);
      if (!sizes.every((size) => Number.isInteger(size) && size >= 0 && size <= MOST)) throw new Error(USAGE);
      return [kind, sizes.filter((size) => size > 0)];
    }),
  );
}

function onLowdb(population) {
  const folder = mkdtempSync(join(tmpdir(), 'ims-population-'));
  try {
    const place = join(folder, 'hss.json');
    const finding = measured({ kind: 'lowdb', place, population });
    return { ...finding, storedMiB: statSync(place).size / 2 ** 20 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function onPostgres(sizes) {
  const { postgresPrograms, startPostgres } = await import(new URL('test/postgres-server.js', HSS).href);
  if (postgresPrograms() === undefined) {
    console.error('bench: PostgreSQL is left out: not installed (apt-get install postgresql)');
    return [];
  }
  const findings = [];
  for (const population of sizes) {
    const server = await startPostgres({ isDurable: true });
    try {
      const place = server.newDatabase();
      findings.push(measured({ kind: 'postgresql', place, population, folder: server.folder }));
    } finally {
      server.remove();
    }
  }
  return findings;
}

/** In a process of its own, so that its memory is that of one store. */
function measured(order) {
  console.error(`bench: ${order.kind}, ${order.population.toLocaleString('en')} subscribers`);
  const { status, stdout, error } = spawnSync(process.execPath, [SELF, '--measure', JSON.stringify(order)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: WITHIN_MS,
  });
  if (status !== 0)
    throw new Error(`${order.kind} was not measured: ${error?.message ?? `status ${status}`}`);
  return JSON.parse(stdout);
}

/** @returns {Promise<Finding>} */
async function measure({ kind, place, population, folder }) {
  const lowdb = kind === 'lowdb';
  const module = await import(new URL(`src/store/${lowdb ? 'lowdb' : 'postgres'}-store.js`, HSS).href);
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
  const byPrivate = await quantiles(LOOKUPS, async () =>
    found(await store.byPrivateIdentity(`user${someone()}_private@home1.net`)),
  );
  const byPublic = await quantiles(LOOKUPS, async () =>
    found(await store.byPublicIdentity(`tel:+1${String(someone()).padStart(10, '0')}`)),
  );
  const updates = await quantiles(UPDATES[kind], update);
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
    ...(folder !== undefined && (await ofServer(place, folder))),
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

async function quantiles(times, act) {
  for (let i = 0; i < times / 10; i++) await act(); // Node compiles what is hot, the server reads what is asked for.
  const took = new Float64Array(times);
  for (let i = 0; i < times; i++) {
    const beganMs = performance.now();
    await act();
    took[i] = (performance.now() - beganMs) * 1000;
  }
  took.sort();
  return { p50: took[Math.floor(times * 0.5)], p99: took[Math.floor(times * 0.99)] };
}

/** The database's size, and the memory of the server's processes, what they share counted once (Pss). */
async function ofServer(url, folder) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT pg_database_size(current_database()) AS bytes');
  await client.end();
  const main = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const pids = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid === main || parentOf(pid) === main);
  const kib = pids.map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(textAt(`/proc/${pid}/smaps_rollup`))?.[1] ?? NaN),
  );
  const serverMiB = kib.reduce((sum, each) => sum + each, 0) / 1024;
  return { storedMiB: Number(rows[0].bytes) / 2 ** 20, ...(!Number.isNaN(serverMiB) && { serverMiB }) };
}

function parentOf(pid) {
  return Number(/^PPid:\s+(\d+)/m.exec(textAt(`/proc/${pid}/status`))?.[1] ?? NaN);
}

function textAt(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has ended, or is another user's
  }
}

function report(findings) {
  const us = (value) =>
    value < 1000 ? `${value.toFixed(value < 10 ? 1 : 0)} µs` : `${(value / 1000).toFixed(1)} ms`;
  const both = ({ p50, p99 }) => `${us(p50)} / ${us(p99)}`;
  const mib = (value) => (value === undefined ? '-' : `${value.toFixed(value < 10 ? 1 : 0)} MiB`);
  const rows = findings.map((finding) => [
    finding.kind,
    finding.population.toLocaleString('en'),
    `${finding.loadS.toFixed(finding.loadS < 10 ? 2 : 0)} s`,
    `${finding.openS.toFixed(2)} s`,
    both(finding.byPrivate),
    both(finding.byPublic),
    both(finding.update),
    finding.updatesPerS.toFixed(0),
    mib(finding.processMiB),
    mib(finding.serverMiB),
    mib(finding.storedMiB),
  ]);
  const head = [
    'store',
    'subscribers',
    'load',
    'open',
    'by private identity, p50 / p99',
    'by public identity, p50 / p99',
    'update, p50 / p99',
    `updates/s, ${SIDE_BY_SIDE} at a time`,
    'memory of the process',
    'of the server',
    'on disk',
  ];
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`${describeMachine()}; commit ${commit}`, '', ...table].join('\n');
}

if (process.argv[1] === SELF) {
  const [, , first, order] = process.argv;
  try {
    if (first === '--measure') process.stdout.write(JSON.stringify(await measure(JSON.parse(order))));
    else await population(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}
