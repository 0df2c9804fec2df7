import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';

/** A PostgreSQL server of its own, in a temporary folder, on a free loopback port. */
export interface PostgresServer {
  /** Of a new, empty database. */
  newDatabase(): string;
  /** Process id of the server. */
  start(): void;
  /** As a crash ends it. */
  crash(): void;
  /** Stops it and takes the folder away. */
  remove(): void;
  readonly port: number;
  readonly folder: string;
}

const DEBIAN = '/usr/lib/postgresql';

/** The folder of Debian's newest server programs; undefined: not installed. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'pg_ctl')));
}

/**
 * Makes and starts one. PostgreSQL does not run as root: for root it runs as the user `postgres` of Debian's package. Unless
 * `isDurable`, it does not wait for the disk, so that its answers survive its crash but not the machine's.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'ims-postgres-'));
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) run('chown', ['postgres', folder]);
  const as = (program: string, args: readonly string[]): string => {
    const command = [join(programs, program), ...args];
    return isRoot
      ? run('runuser', ['-u', 'postgres', '--', ...command])
      : run(command[0] ?? '', command.slice(1));
  };
  const port = await freePort();
  as('initdb', ['-D', data, '-U', 'ims', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']);
  const options = `-p ${String(port)} -k ${folder} -h 127.0.0.1${isDurable ? '' : ' -c fsync=off'}`;
  const start = (): void => {
    as('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', options, 'start']);
  };
  const stop = (mode: string): void => {
    as('pg_ctl', ['-D', data, '-w', '-t', '60', '-m', mode, 'stop']);
  };
  start();
  let databases = 0;
  return {
    port,
    folder,
    newDatabase: () => {
      const name = `hss${String(++databases)}`;
      as('createdb', ['-h', folder, '-p', String(port), '-U', 'ims', name]);
      return `postgres://ims:not-to-be-told@127.0.0.1:${String(port)}/${name}`;
    },
    start,
    crash: () => {
      stop('immediate');
    },
    remove: () => {
      stop('immediate');
      rmSync(folder, { recursive: true });
    },
  };
}

function run(program: string, args: readonly string[]): string {
  // pg_ctl's server would keep a pipe open for ever: its output goes nowhere.
  const isStart = args.includes('start');
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: tmpdir(),
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', isStart ? 'ignore' : 'pipe', isStart ? 'ignore' : 'pipe'],
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
