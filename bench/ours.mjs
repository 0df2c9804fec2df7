import { fileURLToPath } from 'node:url';
import { OURS, presentities, SIP_PORT, WATCHERS } from './addresses.mjs';
import { startNetwork } from './network.mjs';
import { checkFree } from './processes.mjs';
import { registerAndPublish, registerWatchers } from './ues.mjs';

const NETWORK = fileURLToPath(new URL('./network.yaml', import.meta.url));
/** The elements that a flow passes come first; the others have nothing to do in it. */
const ORDER = ['pcscf1', 'scscf1', 'icscf2', 'scscf2', 'ps', 'hss2', 'dns'];

/**
 * Starts this project's network (`network.yaml`, trace off), registers the watcher and has `users` register and publish.
 * @returns {Promise<import('./measure.mjs').Chain>}
 */
export async function startOurs({ users = presentities } = {}) {
  await checkFree([OURS.pcscf1, ...Object.values(WATCHERS)], SIP_PORT);
  const { elements, stop } = await startNetwork(NETWORK);
  try {
    await registerWatchers();
    await registerAndPublish(users);
    return { name: 'ims-sim', target: OURS.pcscf1, elements: inOrder(elements), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The pids out of the ready file, by the first label of the element's name. */
function inOrder(elements) {
  const pids = new Map(Object.entries(elements).map(([name, { pid }]) => [name.split('.', 1)[0], [pid]]));
  const idle = [...pids.keys()].filter((name) => !ORDER.includes(name));
  return new Map([...ORDER, ...idle].map((name) => [name, pids.get(name) ?? []]));
}
