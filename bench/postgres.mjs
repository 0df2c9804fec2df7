import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { children } from './machine.mjs';
import { run, sleep, start, temporaryFolder } from './processes.mjs';

const DEBIAN = '/usr/lib/postgresql';
const READY_WITHIN_MS = 30_000;

/**
 * A PostgreSQL server: the URL of its one database, and what it consists of now, a process a connection among them.
 * @typedef {{ url: string, pid: number, pids: () => readonly number[], stop: () => Promise<void> }} Postgres
 */

/** What of PostgreSQL is missing here, for the user; undefined where it is there. */
export function missingOfPostgres() {
  return programs() === undefined ? 'postgresql is not installed (Debian: postgresql)' : undefined;
}

/**
 * Starts Debian's PostgreSQL as a cluster of its own in a temporary folder, on a free loopback port, with the settings of the
 * package: what it answers as committed is on disk. It does not run as root: for root it runs as the package's user `postgres`.
 * @returns {Promise<Postgres>}
 */
export async function startPostgres() {
  const bin = programs();
  if (bin === undefined) {
    throw new Error('PostgreSQL is not installed');
  }
  const folder = temporaryFolder();
  const as = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (as.uid !== undefined) {
    chownSync(folder, as.uid, as.gid);
  }
  const options = { as, cwd: tmpdir() };
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'ims', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const made = await run(join(bin, 'initdb'), initdb, { ...options, limitMs: READY_WITHIN_MS });
  if (made.status !== 0) {
    throw new Error(`initdb: ${made.errors.trim()}`);
  }
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'];
  // SIGINT: it does not wait for its clients to go.
  const server = start(join(bin, 'postgres'), args, { ...options, stopSignal: 'SIGINT' });
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (!isReady(data)) {
    if (server.hasEnded() || performance.now() > untilMs) {
      await server.stop();
      throw new Error(`PostgreSQL did not start: ${server.errors().trim().slice(-2000)}`);
    }
    await sleep(20);
  }
  return {
    url: `postgres://ims@127.0.0.1:${port}/postgres`,
    pid: server.pid,
    pids: () => [server.pid, ...children(server.pid)],
    stop: server.stop,
  };
}

/** The folder of Debian's newest server programs. */
function programs() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'postgres')));
}

function idOf(option) {
  return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
}

/** The server's own word for it, as pg_ctl reads it. */
function isReady(data) {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) && readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready';
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
