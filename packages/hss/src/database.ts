import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import { Low, Memory } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import type { Registration } from './subscriber.js';

/** What is on disk: the registrations, by private identity. Profiles are the network file's. */
export interface Content {
  readonly version: 1;
  readonly registrations: Readonly<Record<string, Registration>>;
}

export interface Database {
  /** What was there at the start. */
  readonly registrations: ReadonlyMap<string, Registration>;
  /**
   * Resolves when `current`, as it is at the start of the write, is on disk. Calls of one turn share a write, as do all that
   * come while one is under way. Rejects where the disk refuses.
   */
  write(current: ReadonlyMap<string, Registration>): Promise<void>;
  /** The last write, where it is not done yet. Rejects as `write`. */
  readonly pending: Promise<void> | undefined;
}

/**
 * Opens the registrations at `path`; without one they are kept in memory. A write replaces the file by a rename: a kill at any
 * moment leaves the old content or the new.
 * @throws Error that names the file and says what to do, where it cannot be read or is not a database.
 */
export async function openDatabase(path: string | undefined): Promise<Database> {
  const empty: Content = { version: 1, registrations: {} };
  const low = new Low<Content>(path === undefined ? new Memory<Content>() : await fileAt(path), empty);
  const registrations = path === undefined ? new Map<string, Registration>() : await readFrom(low, path);
  let underWay: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const start = (current: ReadonlyMap<string, Registration>): Promise<void> => {
    next = undefined;
    low.data = { version: 1, registrations: Object.fromEntries(current) };
    const write = low.write().finally(() => {
      if (underWay === write) underWay = undefined;
    });
    underWay = write;
    return write;
  };

  return {
    registrations,
    write: (current) => {
      const begin = (): Promise<void> => start(current);
      return (next ??= (underWay ?? Promise.resolve()).then(begin, begin));
    },
    get pending() {
      return next ?? underWay;
    },
  };
}

async function fileAt(path: string): Promise<Adapter<Content>> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw new Error(`The HSS cannot keep its database at ${path}: the folder cannot be made`, { cause });
  }
  return new JSONFile<Content>(path);
}

async function readFrom(low: Low<Content>, path: string): Promise<Map<string, Registration>> {
  try {
    await low.read();
    return new Map(Object.entries(registrationsOf(low.data)));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The HSS database ${path} cannot be read (${why}). Restore it, or move it away to start with nobody registered.`,
      { cause },
    );
  }
}

function registrationsOf(content: unknown): Record<string, Registration> {
  const { version, registrations } = (content ?? {}) as { version?: unknown; registrations?: unknown };
  if (version !== 1 || typeof registrations !== 'object' || registrations === null) {
    throw new Error('it is not an HSS database of version 1');
  }
  for (const [privateIdentity, registration] of Object.entries(registrations)) {
    if (!isRegistration(registration)) throw new Error(`the registration of ${privateIdentity} is not one`);
  }
  return registrations as Record<string, Registration>;
}

function isRegistration(value: unknown): boolean {
  const { state, serverName } = (value ?? {}) as { state?: unknown; serverName?: unknown };
  if (state === 'not-registered') return true;
  return (state === 'registered' || state === 'unregistered') && typeof serverName === 'string';
}
