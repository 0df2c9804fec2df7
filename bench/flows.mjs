import { startKamailio } from './kamailio.mjs';
import { highestRate, measure, settle } from './measure.mjs';
import { startOurs } from './ours.mjs';
import { describe, progress } from './progress.mjs';
import { TARGETS } from './report.mjs';
import { ownGenerator } from './watchers.mjs';

const LATENCY_RATE = 100;
const CLIMB_FROM = 300;
/** What a chain is run with before anything is measured: Node compiles what is hot, and that takes thousands of flows. */
const WARM_UP_RATE = 300;

const startChain = { ours: startOurs, kamailio: startKamailio };

/**
 * @typedef {{ seconds: number, bisections: number, factor: number, warmUpSeconds: number, latencySeconds: number,
 *   rounds: number }} Effort
 */

/**
 * The highest rates of Kamailio and of ours, and ours at theirs.
 * @param {import('./report.mjs').Throughput} result filled as it goes, so that what was measured stays
 * @param {readonly ('ours' | 'kamailio')[]} chains
 * @param {Effort} effort
 */
export async function measureThroughput(result, watcher, chains, effort) {
  const climb = (chain) => {
    const onStep = (step) => progress(chain.name, describe(step));
    return highestRate(chain, watcher, { ...effort, from: CLIMB_FROM, onStep });
  };
  if (chains.includes('kamailio')) {
    result.kamailio = await withChain('kamailio', watcher, effort, climb);
  }
  if (chains.includes('ours')) {
    const theirs = result.kamailio?.rate;
    await withChain('ours', watcher, effort, async (chain) => {
      result.ours = await climb(chain);
      if (theirs !== undefined) {
        const target = Math.ceil(TARGETS.rateOverKamailio * theirs);
        result.atKamailios = await oneStep(chain, watcher, theirs, effort.seconds);
        result.atTarget = await oneStep(chain, watcher, target, effort.seconds);
      }
    });
  }
}

/** All are up at once and measured in turn, several times; of each the round with the median latency. */
export async function measureLatencies(names, effort) {
  const rounds = { ours: [], kamailio: [] };
  const chains = new Map();
  const startNext = async ([name, ...others]) => {
    if (name !== undefined) {
      return withChain(name, ownGenerator, effort, (chain) => {
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

/** One rate on each chain with our own generator, to profile at. */
export async function measureOneRate(names, effort, { rate, seconds }) {
  for (const name of names) {
    await withChain(name, ownGenerator, effort, (chain) => oneStep(chain, ownGenerator, rate, seconds));
  }
}

/** Starts a chain, warms it up, and stops it, whatever comes of `work`. */
async function withChain(name, watcher, { warmUpSeconds }, work) {
  progress(name, `starting (${watcher.name})`);
  const chain = await startChain[name]();
  try {
    await watcher.watch({ target: chain.target, rate: WARM_UP_RATE, flows: WARM_UP_RATE * warmUpSeconds });
    await settle(false);
    return await work(chain);
  } finally {
    await chain.stop();
  }
}

async function oneStep(chain, watcher, rate, seconds) {
  const step = await measure(chain, watcher, rate, seconds);
  progress(chain.name, describe(step));
  await settle(step.held);
  return step;
}
