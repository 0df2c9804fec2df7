import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { presentities } from './addresses.mjs';
import { residentMiB } from './machine.mjs';
import { startOurs } from './ours.mjs';
import { run, temporaryFolder } from './processes.mjs';
import { ownGenerator } from './watchers.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VERDICT = /^(?:passed|FAILED): (\d+) of (\d+) steps/m;
const RUN_WITHIN_MS = 60_000;

/**
 * One `npm start`, its files in a folder of their own. `toVerdictMs`: from its start to the line that has the verdict;
 * `toEndMs`: to the end of the process; `flowMs`: from the first to the last message of the flow's dialog, in the trace.
 * @typedef {{ toVerdictMs: number, toEndMs: number, flowMs: number, verdict: string }} StartUp
 */

/**
 * Rejects where `npm start` gives no verdict.
 * @returns {Promise<StartUp>}
 */
export async function measureStartUp() {
  const out = join(temporaryFolder(), 'out');
  mkdirSync(out);
  const beganMs = performance.now();
  let toVerdictMs;
  const { output, errors, tookMs } = await run('npm', ['start', '--', '--out', out], {
    cwd: ROOT,
    limitMs: RUN_WITHIN_MS,
    onOutput: (text) => {
      if (toVerdictMs === undefined && VERDICT.test(text)) {
        toVerdictMs = performance.now() - beganMs;
      }
    },
  });
  const verdict = VERDICT.exec(output)?.[0];
  if (toVerdictMs === undefined || verdict === undefined) {
    throw new Error(
      `npm start gave no verdict: ${(output + errors).trim().split('\n').slice(-8).join('\n  ')}`,
    );
  }
  return { toVerdictMs, toEndMs: tookMs, flowMs: flowMs(join(out, 'trace.jsonl')), verdict };
}

/** From the first SUBSCRIBE to the last message with its Call-ID. */
function flowMs(traceFile) {
  const messages = readFileSync(traceFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ kind, protocol }) => kind === 'message' && protocol === 'sip');
  const first = messages.find(({ text }) => text?.startsWith('SUBSCRIBE '));
  const callId = callIdOf(first);
  const times = messages.filter((message) => callIdOf(message) === callId).map(({ atUs }) => atUs);
  return (Math.max(...times) - Math.min(...times)) / 1000;
}

function callIdOf(message) {
  return /\r\nCall-ID:\s*(\S+)/i.exec(message?.text ?? '')?.[1];
}

/** Resident memory of each element, in MiB, once one presentity has published and one watcher has subscribed. */
export async function measureMemory() {
  const chain = await startOurs({ users: presentities.slice(0, 1) });
  try {
    const { complete, trouble } = await ownGenerator.watch({ target: chain.target, rate: 1, flows: 1 });
    if (complete !== 1) {
      throw new Error(`the flow failed: ${trouble ?? 'not complete'}`);
    }
    return Object.fromEntries([...chain.elements].map(([name, [pid]]) => [name, residentMiB(pid)]));
  } finally {
    await chain.stop();
  }
}
