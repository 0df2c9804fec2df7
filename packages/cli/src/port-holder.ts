import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode } from '@ims-sim/element';

/** Sockets and processes that are looked at: whoever has more is not told. */
const MAX_LINES = 20_000;
const MAX_PROCESSES = 5000;
const MAX_COMMAND = 60;
/** A socket that listens, in /proc/net/tcp. */
const LISTENS = '0A';

/**
 * Which process has a port of this machine: `process 4242 (node element-process.js i-cscf)`. Undefined where it cannot be told: not on
 * Linux, or another user's process. Reads /proc, and is for a complaint only.
 */
export function portHolder(port: number): string | undefined {
  const inodes = new Set(
    ['udp', 'udp6', 'tcp', 'tcp6']
      .flatMap((table) => inodesAt(table, port))
      .map((inode) => `socket:[${inode}]`),
  );
  if (inodes.size === 0) {
    return undefined;
  }
  const processes = read(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name));
  const pid = processes.slice(0, MAX_PROCESSES).find((each) => hasOneOf(each, inodes));
  return pid === undefined ? undefined : `process ${pid} (${commandOf(pid)})`;
}

/** Lines of /proc/net/udp: number, local address and port, remote ones, state, ..., the inode in the tenth place. */
function inodesAt(table: string, port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = read(() => readFileSync(`/proc/net/${table}`, 'latin1'), '').split('\n', MAX_LINES);
  return lines.flatMap((line) => {
    const [, at = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return at.endsWith(local) && inode !== undefined && (table.startsWith('udp') || state === LISTENS)
      ? [inode]
      : [];
  });
}

function hasOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return read(() => readdirSync(folder), []).some((fd) =>
    inodes.has(read(() => readlinkSync(`${folder}/${fd}`), '')),
  );
}

function commandOf(pid: string): string {
  const words = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '')
    .split('\0')
    .filter(Boolean);
  const short = words
    .filter((word) => !word.startsWith('--'))
    .map((word) => (word.includes('/') ? basename(word) : word));
  return short.join(' ').slice(0, MAX_COMMAND) || 'unknown';
}

/** What another user's process does not show, or one that has ended meanwhile, is not there. */
function read<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return otherwise;
  }
}
