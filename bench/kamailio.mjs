import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { KAMAILIO, SIP_PORT, WATCHERS } from './addresses.mjs';
import { processGroup } from './machine.mjs';
import { checkFree, isInstalled, run, sleep, start, temporaryFolder } from './processes.mjs';
import { publishAll } from './ues.mjs';

const CONFIGURATIONS = fileURLToPath(new URL('./kamailio/', import.meta.url));
/** Where distributions keep the empty tables of `db_text`, which the presence module must have. */
const TABLES = [
  '/usr/share/kamailio/dbtext/kamailio',
  '/usr/share/kamailio/dbtext',
  '/usr/local/share/kamailio/dbtext/kamailio',
];
const READY_WITHIN_MS = 8000;

/** What of Kamailio is missing here, for the user; undefined where all is there. */
export async function missingOfKamailio() {
  if (!isInstalled('kamailio', '-v')) {
    return 'kamailio';
  }
  if (tables() === undefined) {
    return "the tables of Kamailio's db_text";
  }
  const { file } = prepare('ps');
  const { status } = await run('kamailio', ['-c', '-A', 'CHILDREN=1', '-f', file], { limitMs: 10_000 });
  return status === 0 ? undefined : 'kamailio-presence-modules and kamailio-xml-modules';
}

/**
 * Starts the same chain on Kamailio: five stateful processes, let off lightly (ENUM and Cx are static rules, nobody registers,
 * documents are in memory), and publishes what the watchers will ask for.
 * @returns {Promise<import('./measure.mjs').Chain>}
 */
export async function startKamailio() {
  await checkFree([...Object.values(KAMAILIO), ...Object.values(WATCHERS)], SIP_PORT);
  const roles = new Map(Object.keys(KAMAILIO).map((role) => [role, startRole(role)]));
  const stop = async () => {
    await Promise.all([...roles.values()].map((role) => role.stop()));
  };
  try {
    for (const [role, { pidFile, hasEnded, errors }] of roles) {
      await within(READY_WITHIN_MS, () => {
        if (hasEnded()) {
          throw new Error(`kamailio (${role}) did not start: ${errors().trim().split('\n').at(-1)}`);
        }
        return existsSync(pidFile);
      });
    }
    await publishAll(KAMAILIO.ps);
    const elements = new Map([...roles].map(([role, { pid }]) => [role, processGroup(pid)]));
    return { name: 'Kamailio', target: KAMAILIO.pcscf, elements, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startRole(role) {
  const { folder, file } = prepare(role);
  const pidFile = join(folder, 'pid');
  const memory = ['-m', '512', '-M', '8'];
  const args = ['-f', file, '-A', 'CHILDREN=1', '-DD', '-E', ...memory, '-Y', folder, '-P', pidFile];
  return { ...start('kamailio', args), pidFile };
}

/** The configuration of a role, in a folder that it may write to. */
function prepare(role) {
  const folder = join(temporaryFolder(), role);
  mkdirSync(folder);
  cpSync(tables() ?? '', join(folder, 'dbtext'), { recursive: true });
  const file = join(folder, 'kamailio.cfg');
  writeFileSync(file, readFileSync(join(CONFIGURATIONS, `${role}.cfg`), 'utf8').replaceAll('@DIR@', folder));
  return { folder, file };
}

function tables() {
  return TABLES.find((folder) => existsSync(join(folder, 'version')));
}

async function within(limitMs, isTrue) {
  const untilMs = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > untilMs) {
      throw new Error(`not ready within ${limitMs / 1000} s`);
    }
    await sleep(50);
  }
}
