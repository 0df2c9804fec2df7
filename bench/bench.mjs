/**
 * `npm run bench`: how fast the main flow is on this machine, ours and the same on Kamailio in turn, as Markdown on standard
 * output; what is being done goes to standard error. README.md says what is measured and how.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missingOfKamailio, startKamailio } from './kamailio.mjs';
import { describeMachine } from './machine.mjs';
import { highestRate, measure, settle } from './measure.mjs';
import { startOurs } from './ours.mjs';
import { isInterrupted } from './processes.mjs';
import { markdown, TARGETS } from './report.mjs';
import { measureMemory, measureStartUp } from './start-up.mjs';
import { isSippInstalled, ownGenerator, sipp } from './watchers.mjs';

const OUT = fileURLToPath(new URL('../out/bench/', import.meta.url));
const PARTS = ['ours', 'kamailio', 'latency', 'startup'];
const USAGE = `usage: npm run bench -- [--quick] [ours] [kamailio] [latency] [startup]
       npm run bench -- ours --rate N [--seconds N]   one rate, own generator (to profile at)`;

const FULL = {
  seconds: 6,
  bisections: 3,
  factor: 1.4,
  warmUpSeconds: 12,
  startUps: 5,
  latencySeconds: 6,
  rounds: 3,
};
const QUICK = {
  seconds: 2,
  bisections: 1,
  factor: 1.6,
  warmUpSeconds: 6,
  startUps: 2,
  latencySeconds: 3,
  rounds: 1,
};
const LATENCY_RATE = 100;
const CLIMB_FROM = 300;
/** What a chain is run with before anything is measured: Node compiles what is hot, and that takes thousands of flows. */
const WARM_UP_RATE = 300;

const { values: flags, positionals } = parseArguments();
const effort = flags.quick ? QUICK : FULL;
const parts = new Set(positionals.length > 0 ? positionals : PARTS);
const leftOut = [];
const startChain = { ours: startOurs, kamailio: startKamailio };

try {
  if (flags.rate === undefined) {
    await report(await findings());
  } else {
    await oneRate(Number(flags.rate), Number(flags.seconds ?? effort.seconds));
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
  const chains = await chainsToMeasure();
  const watchers = isSippInstalled() ? [sipp, ownGenerator] : [ownGenerator];
  if (watchers.length === 1) {
    leftOut.push('SIPp as the watcher: sipp is not installed (Debian: sip-tester)');
  }
  const found = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: describeMachine(),
    commit: commit(),
  };
  const throughput = [];
  if (parts.has('ours') || parts.has('kamailio')) {
    for (const watcher of watchers) {
      const result = { watcher: watcher.name };
      throughput.push(result);
      await orLeaveOut(`flows/s, ${watcher.name}`, () => measureThroughput(result, watcher, chains));
    }
  }
  const latency = parts.has('latency') ? await orLeaveOut('latency', () => latencies(chains)) : undefined;
  const startUp = parts.has('startup') ? await orLeaveOut('start-up', startUps) : undefined;
  return { ...found, leftOut, throughput, latency, startUp };
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

/** @param {import('./report.mjs').Throughput} result filled as it goes, so that what was measured stays */
async function measureThroughput(result, watcher, chains) {
  if (chains.includes('kamailio') && parts.has('kamailio')) {
    result.kamailio = await withChain('kamailio', watcher, (chain) => climb(chain, watcher, CLIMB_FROM));
  }
  if (chains.includes('ours') && parts.has('ours')) {
    const theirs = result.kamailio?.rate;
    await withChain('ours', watcher, async (chain) => {
      result.ours = await climb(chain, watcher, CLIMB_FROM);
      if (theirs !== undefined) {
        result.atKamailios = await oneStep(chain, watcher, theirs);
        result.atTarget = await oneStep(chain, watcher, Math.ceil(TARGETS.rateOverKamailio * theirs));
      }
    });
  }
}

/** Both are up at once and measured in turn, several times; of each the round with the median latency. */
async function latencies(names) {
  const rounds = { ours: [], kamailio: [] };
  const chains = new Map();
  const startNext = async ([name, ...others]) => {
    if (name !== undefined) {
      return withChain(name, ownGenerator, (chain) => {
        chains.set(name, chain);
        return startNext(others);
      });
    }
    for (let round = 0; round < effort.rounds; round++) {
      for (const [each, chain] of chains) {
        rounds[each].push(await oneStep(chain, ownGenerator, LATENCY_RATE, effort.latencySeconds));
      }
    }
  };
  await startNext(names);
  const middle = (steps) => steps.sort((a, b) => a.toNotifyMs.p50 - b.toNotifyMs.p50)[steps.length >> 1];
  return { ours: middle(rounds.ours), kamailio: middle(rounds.kamailio) };
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

async function oneRate(rate, seconds) {
  for (const name of parts.has('kamailio')
    ? ['ours', 'kamailio'].filter((chain) => parts.has(chain))
    : ['ours']) {
    await withChain(name, ownGenerator, (chain) => oneStep(chain, ownGenerator, rate, seconds));
  }
}

/** Starts a chain, warms it up, and stops it, whatever comes of `work`. */
async function withChain(name, watcher, work) {
  progress(name, `starting (${watcher.name})`);
  const chain = await startChain[name]();
  try {
    await watcher.watch({
      target: chain.target,
      rate: WARM_UP_RATE,
      flows: WARM_UP_RATE * effort.warmUpSeconds,
    });
    await settle(false);
    return await work(chain);
  } finally {
    await chain.stop();
  }
}

function climb(chain, watcher, from) {
  const { seconds, bisections, factor } = effort;
  const onStep = (step) => progress(chain.name, describe(step));
  return highestRate(chain, watcher, { from, seconds, bisections, factor, onStep });
}

async function oneStep(chain, watcher, rate, seconds = effort.seconds) {
  const step = await measure(chain, watcher, rate, seconds);
  progress(chain.name, describe(step));
  await settle(step.held);
  return step;
}

function describe(step) {
  const {
    rate,
    held,
    failed,
    retransmissions,
    achievedPerS,
    totalCpuUs,
    cpuUs,
    otherCores,
    toNotifyMs,
    trouble,
  } = step;
  const elements = Object.entries(cpuUs)
    .filter(([, us]) => us >= 0.5)
    .map(([name, us]) => `${name} ${us.toFixed(0)}`);
  return [
    `${rate}/s ${held ? 'held' : 'not held'}: ${achievedPerS.toFixed(0)}/s`,
    `${failed} failed, ${retransmissions} retransmissions`,
    `${totalCpuUs.toFixed(0)} us CPU a flow (${elements.join(', ')})`,
    ...(toNotifyMs?.p50 ? [`p50 ${toNotifyMs.p50.toFixed(1)} ms`] : []),
    `other ${otherCores.toFixed(2)} cores`,
    ...(trouble === undefined ? [] : [trouble]),
  ].join(', ');
}

function progress(name, text) {
  console.error(`  ${name.padEnd(9)} ${text}`);
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
