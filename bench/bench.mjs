/**
 * `npm run bench`: how fast the main flow is on this machine, ours and the same on Kamailio in turn, how fast users register, and
 * what they cost, as Markdown on standard output; what is being done goes to standard error. README.md says what is measured and
 * how.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureLatencies, measureOneRate, measureThroughput } from './flows.mjs';
import { missingOfKamailio } from './kamailio.mjs';
import { describeMachine } from './machine.mjs';
import { measurePopulation } from './population.mjs';
import { missingOfPostgres } from './postgres.mjs';
import { isInterrupted } from './processes.mjs';
import { describe, progress } from './progress.mjs';
import { measureRegistrations } from './registrations.mjs';
import { markdown } from './report.mjs';
import { measureMemory, measureStartUp } from './start-up.mjs';
import { measureScenarios } from './scenarios.mjs';
import { measureStore } from './stores.mjs';
import { isSippInstalled, ownGenerator, sipp } from './watchers.mjs';

const OUT = fileURLToPath(new URL('../out/bench/', import.meta.url));
const PARTS = [
  'ours',
  'kamailio',
  'latency',
  'startup',
  'scenarios',
  'registrations',
  'population',
  'stores',
];
const USAGE = `usage: npm run bench -- [--quick] [${PARTS.join('] [')}]
       npm run bench -- ours --rate N [--seconds N]   one rate, own generator (to profile at)`;

const FULL = {
  seconds: 6,
  bisections: 3,
  factor: 1.4,
  warmUpSeconds: 12,
  startUps: 5,
  scenarios: { simulated: 100, rounds: 20 },
  latencySeconds: 6,
  rounds: 3,
  registrationRounds: 2,
  lookups: 5000,
  population: { lowdb: [1000, 10_000], postgresql: [1000, 10_000, 100_000] },
  stores: { lowdb: [1000, 10_000], postgresql: [1000, 10_000, 100_000, 1_000_000] },
};
const QUICK = {
  seconds: 2,
  bisections: 1,
  factor: 1.6,
  warmUpSeconds: 6,
  startUps: 2,
  scenarios: { simulated: 100, rounds: 10 },
  latencySeconds: 3,
  rounds: 1,
  registrationRounds: 1,
  lookups: 2000,
  population: { lowdb: [1000], postgresql: [1000, 10_000] },
  stores: { lowdb: [10_000], postgresql: [10_000, 100_000] },
};

const { values: flags, positionals } = parseArguments();
const effort = flags.quick ? QUICK : FULL;
const parts = new Set(positionals.length > 0 ? positionals : PARTS);
const leftOut = [];

try {
  if (flags.rate === undefined) {
    await report(await findings());
  } else {
    const chains = ['ours', 'kamailio'].filter((chain) => parts.has(chain));
    const seconds = Number(flags.seconds ?? effort.seconds);
    await measureOneRate(chains, effort, { rate: Number(flags.rate), seconds });
  }
} catch (error) {
  if (!isInterrupted()) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

function parseArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        rate: { type: 'string' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const wrong = parsed.positionals.find((part) => !PARTS.includes(part));
    const isNumber = [parsed.values.rate, parsed.values.seconds].every(
      (text) => text === undefined || Number(text) > 0,
    );
    if (wrong !== undefined || !isNumber || parsed.values.help) {
      console.error(wrong === undefined ? USAGE : `bench: there is no part ${wrong}\n${USAGE}`);
      process.exit(parsed.values.help ? 0 : 2);
    }
    return parsed;
  } catch (error) {
    console.error(`bench: ${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}

/** @returns {Promise<import('./report.mjs').Findings>} */
async function findings() {
  const found = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: describeMachine(),
    commit: commit(),
    isQuick: flags.quick,
    leftOut,
    throughput: [],
    registrations: [],
    populations: [],
    stores: [],
  };
  await flows(found);
  if (parts.has('startup')) {
    found.startUp = await orLeaveOut('start-up', startUps);
  }
  if (parts.has('scenarios')) {
    found.scenarios = await orLeaveOut('scenarios', () => measureScenarios(effort.scenarios));
  }
  await subscribers(found);
  return found;
}

/** The main flow: rates and latency. */
async function flows(found) {
  const chains = await chainsToMeasure();
  const watchers = isSippInstalled() ? [sipp, ownGenerator] : [ownGenerator];
  const climbing = chains.filter((chain) => parts.has(chain));
  if (climbing.length > 0) {
    if (watchers.length === 1) {
      leftOut.push('SIPp as the watcher: sipp is not installed (Debian: sip-tester)');
    }
    for (const watcher of watchers) {
      const result = { watcher: watcher.name };
      found.throughput.push(result);
      await orLeaveOut(`flows/s, ${watcher.name}`, () =>
        measureThroughput(result, watcher, climbing, effort),
      );
    }
  }
  if (parts.has('latency')) {
    found.latency = await orLeaveOut('latency', () => measureLatencies(chains, effort));
  }
}

/** Users that register, and what they cost, with the HSS on each of its stores. */
async function subscribers(found) {
  const stores = storesToMeasure();
  if (parts.has('registrations')) {
    for (const store of stores) {
      progress(store, 'registrations: starting');
      await orLeaveOut(`registrations/s, ${store}`, async () => {
        const onStep = (step) => progress(store, describe(step));
        found.registrations.push(await measureRegistrations(store, effort, onStep));
      });
    }
  }
  if (parts.has('population')) {
    for (const store of stores) {
      progress(store, `population: ${effort.population[store].join(', ')} registered users`);
      await orLeaveOut(`population, ${store}`, async () => {
        const sizes = effort.population[store];
        const onSize = ({ users, registeredPerS }) =>
          progress(store, `${users} are registered, at ${registeredPerS.toFixed(0)}/s`);
        found.populations.push(await measurePopulation(store, { ...effort, sizes, onSize }));
      });
    }
  }
  if (parts.has('stores')) {
    for (const [store, size] of stores.flatMap((each) => effort.stores[each].map((size) => [each, size]))) {
      progress(store, `store: ${size} subscribers`);
      await orLeaveOut(`store, ${store}, ${size} subscribers`, async () => {
        found.stores.push(await measureStore(store, size));
      });
    }
  }
}

/** What cannot be measured is said in the report and in the exit status; the other parts still are. */
async function orLeaveOut(part, work) {
  try {
    return await work();
  } catch (error) {
    if (isInterrupted()) {
      throw error;
    }
    console.error(`bench: ${part}: ${error.message}`);
    leftOut.push(`${part}: ${error.message.split('\n').at(-1).trim()}`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Latency needs both, whatever else was asked for. */
async function chainsToMeasure() {
  const wanted = ['kamailio', 'ours'].filter((chain) => parts.has(chain) || parts.has('latency'));
  const missing = wanted.includes('kamailio') ? await missingOfKamailio() : undefined;
  if (missing !== undefined) {
    leftOut.push(
      `Kamailio: ${missing} not installed (Debian: kamailio kamailio-presence-modules kamailio-xml-modules)`,
    );
  }
  return wanted.filter((chain) => chain !== 'kamailio' || missing === undefined);
}

/** @returns {import('./registrar.mjs').Store[]} */
function storesToMeasure() {
  const isWanted = ['registrations', 'population', 'stores'].some((part) => parts.has(part));
  const missing = isWanted ? missingOfPostgres() : undefined;
  if (missing !== undefined) {
    leftOut.push(`PostgreSQL as the HSS's store: ${missing}`);
  }
  return missing === undefined ? ['lowdb', 'postgresql'] : ['lowdb'];
}

async function startUps() {
  const runs = [];
  for (let run = 0; run < effort.startUps; run++) {
    const measured = await measureStartUp();
    progress('npm start', `${measured.verdict}; verdict after ${measured.toVerdictMs.toFixed(0)} ms`);
    runs.push(measured);
  }
  return { runs, residentMiB: await measureMemory() };
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

function report(found) {
  mkdirSync(OUT, { recursive: true });
  const text = markdown(found);
  writeFileSync(`${OUT}latest.json`, `${JSON.stringify(found, null, 2)}\n`);
  writeFileSync(`${OUT}latest.md`, text);
  console.log(text);
  console.error(`  written: ${OUT}latest.json, ${OUT}latest.md`);
}
