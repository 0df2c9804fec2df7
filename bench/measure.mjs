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

/** What everything else on the machine may use without a step being marked, in cores. */
export const OTHER_CORES = 0.1;
/** Below this the machine is quiet. */
const QUIET_CORES = 0.15;
const QUIET_WITHIN_MS = { held: 10_000, failed: 36_000 }; // past 64 * T1, when the last transaction has given up
const LOOK_EVERY_MS = 500;
const CLIMB_STEPS = 14;
const LEAST_RATE = 20;

/**
 * Runs `watcher` against `chain` at one rate. CPU a flow is in microseconds, of each element and summed; `otherCores` is what
 * everything else on the machine used meanwhile, in cores: above 0.1 the figures are not to be quoted.
 * @returns {Promise<Step>}
 */
export async function measure(chain, watcher, rate, seconds) {
  const flows = Math.min(watcher.most ?? Infinity, Math.max(1, Math.round(rate * seconds)));
  const used = cpuSince(chain);
  const watched = await watcher.watch({ target: chain.target, rate, flows });
  const { elementsS, totalS, watcherS, otherCores } = used();
  const perFlowUs = (s) => (s * 1e6) / Math.max(1, watched.complete);
  return {
    ...watched,
    rate,
    held: isHeld(watched, rate),
    cpuUs: Object.fromEntries(elementsS.map(([name, s]) => [name, perFlowUs(s)])),
    totalCpuUs: perFlowUs(totalS),
    watcherCpuUs: perFlowUs(watcherS),
    otherCores,
  };
}

/**
 * Gives what has been used since, in seconds: by each element, by all of them, by the children of this process that have ended
 * meanwhile; and by everything else, in cores.
 */
export function cpuSince(chain) {
  const before = new Map([...chain.elements].map(([name, pids]) => [name, cpuSeconds(pids)]));
  const [endedS, machineS, beganMs] = [endedChildrenCpuSeconds(), machineCpuSeconds(), performance.now()];
  return () => {
    const tookS = (performance.now() - beganMs) / 1000;
    const watcherS = endedChildrenCpuSeconds() - endedS;
    const elementsS = [...chain.elements].map(([name, pids]) => [name, cpuSeconds(pids) - before.get(name)]);
    const totalS = elementsS.reduce((sum, [, s]) => sum + s, 0);
    const otherCores = Math.max(0, (machineCpuSeconds() - machineS - totalS - watcherS) / tookS);
    return { elementsS, totalS, watcherS, otherCores };
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
 * fails tried once more, then a bisection between the highest that held and the lowest that did not. A rate that fails while
 * others use the machine is tried once more than that.
 * @param {{ from: number, seconds: number, bisections: number, factor: number, onStep: (step: Step) => void }} options
 * @returns {Promise<Step | undefined>} undefined where it held none, down to 20 flows/s
 */
export async function highestRate(chain, watcher, { from, seconds, bisections, factor, onStep }) {
  const attempt = async (rate, times) => {
    const step = await measure(chain, watcher, rate, seconds);
    onStep(step);
    await settle(step.held);
    await watcher.afterwards?.();
    const more = times - 1 + (step.otherCores > OTHER_CORES ? 1 : 0);
    return step.held || more <= 0 ? step : attempt(rate, times - 1);
  };
  let best;
  let tooMuch = Infinity;
  let rate = Math.round(from);
  for (let step = 0; step < CLIMB_STEPS && rate >= LEAST_RATE && rate < 0.98 * tooMuch; step++) {
    const tried = await attempt(rate, 2);
    if (tried.held) {
      best = tried;
      rate = Math.round(rate * factor);
    } else {
      tooMuch = rate;
      rate = best === undefined ? Math.round(rate / factor) : rate;
    }
  }
  for (let step = 0; step < bisections && best !== undefined && tooMuch < Infinity; step++) {
    const tried = await attempt(Math.round((best.rate + tooMuch) / 2), 1);
    if (tried.held) {
      best = tried;
    } else {
      tooMuch = tried.rate;
    }
  }
  return best;
}

/**
 * Waits, within bounds, until the machine is quiet: others may be at work, and a chain that was asked too much goes on sending
 * for up to 64 * T1.
 */
export async function settle(held) {
  const untilMs = performance.now() + (held ? QUIET_WITHIN_MS.held : QUIET_WITHIN_MS.failed);
  let usedCores = Infinity;
  while (usedCores > QUIET_CORES && performance.now() < untilMs) {
    const [beforeS, beganMs] = [machineCpuSeconds(), performance.now()];
    await sleep(LOOK_EVERY_MS);
    usedCores = (machineCpuSeconds() - beforeS) / ((performance.now() - beganMs) / 1000);
  }
}
