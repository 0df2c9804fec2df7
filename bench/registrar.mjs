import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { SIP_PORT } from './addresses.mjs';
import { checkFree, run, sleep, start, temporaryFolder } from './processes.mjs';
import { provision } from './subscribers.mjs';

const IMS = fileURLToPath(new URL('../packages/cli/bin/ims.js', import.meta.url));
const REGISTERING = fileURLToPath(new URL('./registering.mjs', import.meta.url));
const PCSCF = '127.0.79.11';
/** UEs that register are here. */
export const UES = '127.0.79.100';
const READY_WITHIN_MS = 25_000;
const BEYOND_MS = 40_000;

/**
 * One operator's network with AKA on and `users` subscribers provisioned into its HSS, which keeps them in `postgresql` where
 * that is given, else in its JSON file.
 * @returns {Promise<import('./measure.mjs').Chain & { http: string, diameter: string, loadS: number }>}
 */
export async function startRegistrar({ users, postgresql }) {
  await checkFree([PCSCF], SIP_PORT);
  const folder = temporaryFolder();
  const file = join(folder, 'network.yaml');
  const store = postgresql === undefined ? '' : `, postgresql: '${postgresql}'`;
  writeFileSync(
    file,
    `profile: ts-24.141
auth: aka
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf, listen: '${PCSCF}:${SIP_PORT}' }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf }
      hss1.home1.net: { kind: hss, acceptsAnyPeer: true${store} }
`,
  );
  const readyFile = join(folder, 'ready.json');
  const network = start(process.execPath, [IMS, 'up', file, '--ready-file', readyFile]);
  try {
    const untilMs = performance.now() + READY_WITHIN_MS;
    while (!existsSync(readyFile)) {
      if (network.hasEnded() || performance.now() > untilMs) {
        throw new Error(`\`ims up\` did not come up: ${network.errors().trim().slice(-2000)}`);
      }
      await sleep(20);
    }
    const { elements } = JSON.parse(readFileSync(readyFile, 'utf8'));
    const { http, diameter } = elements['hss1.home1.net'];
    const loadS = await provision(http, users);
    const pids = Object.entries(elements).map(([name, { pid }]) => [name.split('.', 1)[0], [pid]]);
    return {
      name: 'ims-sim',
      target: PCSCF,
      elements: new Map(pids),
      http,
      diameter,
      loadS,
      stop: network.stop,
    };
  } catch (error) {
    await network.stop();
    throw error;
  }
}

/** @returns {import('./watchers.mjs').Watcher} UEs that register, `users` of them in turn, from the user `first` on. */
export function registering(users, first = 0) {
  return {
    name: 'registrations',
    local: UES,
    async watch({ target, rate, flows }) {
      const order = JSON.stringify({ target, local: UES, rate, flows, users, first });
      const { status, output, errors } = await run(process.execPath, [REGISTERING, order], {
        limitMs: (flows * 1000) / rate + BEYOND_MS,
      });
      if (status !== 0) {
        throw new Error(`the UEs ended with status ${status}: ${errors.trim().split('\n').at(-1)}`);
      }
      const seen = JSON.parse(output);
      const refused = Object.entries(seen.refused).map(([code, times]) => `${times} x ${code}`);
      return { ...seen, ...(refused.length > 0 && { trouble: refused.join(', ') }) };
    },
  };
}
