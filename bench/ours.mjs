import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { OURS, presentities, SIP_PORT, WATCHERS } from './addresses.mjs';
import { checkFree, sleep, start, temporaryFolder } from './processes.mjs';
import { registerAndPublish, registerWatchers } from './ues.mjs';

const IMS = fileURLToPath(new URL('../packages/cli/bin/ims.js', import.meta.url));
const NETWORK = fileURLToPath(new URL('./network.yaml', import.meta.url));
const READY_WITHIN_MS = 25_000;
/** The elements that a flow passes come first; the others have nothing to do in it. */
const ORDER = ['pcscf1', 'scscf1', 'icscf2', 'scscf2', 'ps', 'hss2', 'dns'];

/**
 * Starts this project's network (`network.yaml`, trace off), registers the watcher and has `users` register and publish.
 * @returns {Promise<import('./measure.mjs').Chain>}
 */
export async function startOurs({ users = presentities } = {}) {
  await checkFree([OURS.pcscf1, ...Object.values(WATCHERS)], SIP_PORT);
  const readyFile = join(temporaryFolder(), 'ready.json');
  const network = start(process.execPath, [IMS, 'up', NETWORK, '--ready-file', readyFile]);
  try {
    const untilMs = performance.now() + READY_WITHIN_MS;
    while (!existsSync(readyFile)) {
      if (network.hasEnded() || performance.now() > untilMs) {
        throw new Error(`\`ims up\` did not come up: ${network.errors().trim().slice(-2000)}`);
      }
      await sleep(20);
    }
    const { elements } = JSON.parse(readFileSync(readyFile, 'utf8'));
    await registerWatchers();
    await registerAndPublish(users);
    return {
      name: 'ims-sim',
      target: OURS.pcscf1,
      elements: inOrder(elements),
      stop: network.stop,
    };
  } catch (error) {
    await network.stop();
    throw error;
  }
}

/** The pids out of the ready file, by the first label of the element's name. */
function inOrder(elements) {
  const pids = new Map(Object.entries(elements).map(([name, { pid }]) => [name.split('.', 1)[0], [pid]]));
  const idle = [...pids.keys()].filter((name) => !ORDER.includes(name));
  return new Map([...ORDER, ...idle].map((name) => [name, pids.get(name) ?? []]));
}
