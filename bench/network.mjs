import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { sleep, start, temporaryFolder } from './processes.mjs';

const IMS = fileURLToPath(new URL('../packages/cli/bin/ims.js', import.meta.url));
const READY_WITHIN_MS = 25_000;

/**
 * `ims up` with a network file, until every element answers. `elements`: what the ready file says of each, by its name.
 * Rejects where it does not come up, with what it wrote.
 * @param {string} file
 * @returns {Promise<{ elements: Record<string, { pid: number, http?: string, diameter?: string }>, stop: () => Promise<void> }>}
 */
export async function startNetwork(file) {
  const readyFile = join(temporaryFolder(), 'ready.json');
  const network = start(process.execPath, [IMS, 'up', file, '--ready-file', readyFile]);
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (!existsSync(readyFile)) {
    if (network.hasEnded() || performance.now() > untilMs) {
      await network.stop();
      throw new Error(`\`ims up\` did not come up: ${network.errors().trim().slice(-2000)}`);
    }
    await sleep(20);
  }
  const { elements } = JSON.parse(readFileSync(readyFile, 'utf8'));
  return { elements, stop: network.stop };
}
