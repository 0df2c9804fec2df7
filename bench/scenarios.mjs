import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from './processes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMS = join(ROOT, 'packages/cli/bin/ims.js');
const MAIN_FLOW = 'scenarios/tr-24.841-6.1.1.yaml';
const RUN_WITHIN_MS = 120_000;

/**
 * `simulatedMs`: the main flow `simulated` times in simulation, all files written, the process's start included. `betweenMs`: on
 * processes, from the last message of one round of it to the first of the next on the same network, in the trace; the first
 * two rounds, whose code is not yet compiled, apart.
 * @typedef {{ simulated: number, simulatedMs: number, betweenMs: number[], firstBetweenMs: number }} Scenarios
 */

/**
 * Rejects where a run does not pass.
 * @returns {Promise<Scenarios>}
 */
export async function measureScenarios({ simulated, rounds }) {
  const { tookMs } = await play('--simulate', '--repeat', String(simulated));
  const { out } = await play('--repeat', String(rounds));
  const spans = Array.from({ length: rounds }, (_, index) => spanOf(out, index + 1));
  const between = spans.slice(1).map(({ firstUs }, index) => (firstUs - spans[index].lastUs) / 1000);
  const [firstBetweenMs, ...betweenMs] = between;
  return { simulated, simulatedMs: tookMs, betweenMs, firstBetweenMs };
}

async function play(...flags) {
  const out = join(temporaryFolder(), 'scenarios');
  const args = [IMS, 'run', MAIN_FLOW, '--out', out, ...flags];
  const { status, output, errors, tookMs } = await run(process.execPath, args, {
    cwd: ROOT,
    limitMs: RUN_WITHIN_MS,
  });
  if (status !== 0) {
    throw new Error(`ims run ${flags.join(' ')} did not pass: ${(output + errors).trim().slice(-500)}`);
  }
  return { out, tookMs };
}

/** The first and the last message of a round; what the elements say at their start is none. */
function spanOf(out, round) {
  const file = join(out, `tr-24.841-6.1.1.${round}`, 'trace.jsonl');
  if (!existsSync(file)) {
    throw new Error(`there is no ${file}`);
  }
  const times = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'message')
    .map(({ atUs }) => atUs);
  return { firstUs: Math.min(...times), lastUs: Math.max(...times) };
}
