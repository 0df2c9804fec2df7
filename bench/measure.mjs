import { performance } from 'node:perf_hooks';
import { cpuSeconds, endedChildrenCpuSeconds, machineCpuSeconds } from './machine.mjs';
import { sleep } from './processes.mjs';

/**
 * A chain under measurement: where its P-CSCF is, and the processes of each of its elements.
 * @typedef {{ name: string, target: string, elements: ReadonlyMap<string, readonly number[]>, stop: () => Promise<void> }} Chain
 */

/**
 * One rate, measured.
 * @typedef {import('./watchers.mjs').Watched & { rate: number, held: boolean, cpuUs: Record<string, number>, totalCpuUs: number,
 *   watcherCpuUs: number, otherCores: number }} Step
 */

/** CPU of the chain below which it has got over what it was given, in cores. */
const QUIET_CORES = 0.06;
const QUIET_WITHIN_MS = 36_000; // past 64 * T1, when the last transaction has given up
const LOOK_EVERY_MS = 500;
const CLIMB_STEPS = 14;
const LEAST_RATE = 20;

/**
 * Runs `watcher` against `chain` at one rate. CPU a flow is in microseconds, of each element and summed; `otherCores` is what
 * everything else on the machine used meanwhile, in cores: above 0.1 the figures are not to be quoted.
 * @returns {Promise<Step>}
 */
export async function measure(chain, watcher, rate, seconds) {
  const flows = Math.max(1, Math.round(rate * seconds));
  const before = [...chain.elements].map(([name, pids]) => [name, cpuSeconds(pids)]);
  const [endedS, machineS, beganMs] = [endedChildrenCpuSeconds(), machineCpuSeconds(), performance.now()];
  const watched = await watcher.watch({ target: chain.target, rate, flows });
  const tookS = (performance.now() - beganMs) / 1000;
  const watcherS = endedChildrenCpuSeconds() - endedS;
  const usedS = before.map(([name, s]) => [name, cpuSeconds(chain.elements.get(name)) - s]);
  const totalS = usedS.reduce((sum, [, s]) => sum + s, 0);
  const perFlowUs = (s) => (s * 1e6) / Math.max(1, watched.complete);
  return {
    ...watched,
    rate,
    held: isHeld(watched, rate),
    cpuUs: Object.fromEntries(usedS.map(([name, s]) => [name, perFlowUs(s)])),
    totalCpuUs: perFlowUs(totalS),
    watcherCpuUs: perFlowUs(watcherS),
    otherCores: Math.max(0, (machineCpuSeconds() - machineS - totalS - watcherS) / tookS),
  };
}

/** The criterion for "without failures": failed below 0.1 %, 93 % of the offered rate achieved, retransmissions up to 1 %. */
function isHeld({ offered, complete, failed, retransmissions, achievedPerS }, rate) {
  return (
    complete > 0 &&
    failed < 0.001 * offered &&
    achievedPerS >= 0.93 * rate &&
    retransmissions <= 0.01 * offered
  );
}

/**
 * The highest rate that `chain` holds: a geometric climb from `from` (or down from it, where that is too much), each rate that
 * fails tried once more, then a bisection between the highest that held and the lowest that did not.
 * @param {{ from: number, seconds: number, bisections: number, factor: number, onStep: (step: Step) => void }} options
 * @returns {Promise<Step | undefined>} undefined where it held none, down to 20 flows/s
 */
export async function highestRate(chain, watcher, { from, seconds, bisections, factor, onStep }) {
  const attempt = async (rate) => {
    const step = await measure(chain, watcher, rate, seconds);
    onStep(step);
    await settle(chain, step.held);
    return step;
  };
  const twice = async (rate) => {
    const first = await attempt(rate);
    return first.held ? first : attempt(rate);
  };
  let best;
  let tooMuch = Infinity;
  let rate = Math.round(from);
  for (let step = 0; step < CLIMB_STEPS && rate >= LEAST_RATE && rate < 0.98 * tooMuch; step++) {
    const tried = await twice(rate);
    if (tried.held) {
      best = tried;
      rate = Math.round(rate * factor);
    } else {
      tooMuch = rate;
      rate = best === undefined ? Math.round(rate / factor) : rate;
    }
  }
  for (let step = 0; step < bisections && best !== undefined && tooMuch < Infinity; step++) {
    const tried = await attempt(Math.round((best.rate + tooMuch) / 2));
    if (tried.held) {
      best = tried;
    } else {
      tooMuch = tried.rate;
    }
  }
  return best;
}

/** Lets the chain finish what it still has to do: after too high a rate it goes on sending for up to 64 * T1. */
export async function settle(chain, held) {
  await sleep(1000);
  if (held) {
    return;
  }
  const pids = [...chain.elements.values()].flat();
  const untilMs = performance.now() + QUIET_WITHIN_MS;
  let earlierS = cpuSeconds(pids);
  while (performance.now() < untilMs) {
    await sleep(LOOK_EVERY_MS);
    const usedS = cpuSeconds(pids);
    if ((usedS - earlierS) / (LOOK_EVERY_MS / 1000) < QUIET_CORES) {
      return;
    }
    earlierS = usedS;
  }
}
