import { mkdir, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Adapter } from 'lowdb';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import type { StoredSubscription } from '../subscription.js';
import { lockFile } from './file-lock.js';
import type { MemoryIndex } from './memory-index.js';

/** Raise it with every change of what is in the file. Version 1 had registrations only. */
const VERSION = 2;

interface Content {
  readonly version: typeof VERSION;
  /** As `SubscriberStore.setLoaded` was given them. */
  readonly loaded: () => ReadonlyMap<string, string>;
  readonly subscriptions: Iterable<StoredSubscription>;
}

/** A file that is this process's alone. */
export interface OpenFile {
  /**
   * Writes the index: to a file beside, which then takes the place of the one that is there, so that a kill at any moment leaves
   * the old content or the new.
   */
  write(): Promise<void>;
  /** Leaves the file to others. */
  close(): Promise<void>;
}

/**
 * Reads the subscriptions at `path` into the index; no file: none.
 * @throws Error that names the file and says what to do, where it cannot be read, is not one of ours, or another HSS has it.
 */
export async function openFile(path: string, index: MemoryIndex): Promise<OpenFile> {
  try {
    await makeFolder(dirname(path));
  } catch (cause) {
    throw new Error(`The HSS cannot keep its database at ${path}: the folder cannot be made`, { cause });
  }
  const unlock = await lockFile(path);
  if (unlock === undefined) {
    throw new Error(
      `The HSS database ${path} is that of another HSS, which runs: stop that one, or give this one another \`database\``,
    );
  }
  try {
    return { write: await contentOf(path, index), close: unlock };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** As `mkdir` with `recursive`, which tries without end where the file system makes no folders (/proc). */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** Fills the index; gives what writes it. */
async function contentOf(path: string, index: MemoryIndex): Promise<() => Promise<void>> {
  const content: Content = {
    version: VERSION,
    loaded: () => index.loaded,
    subscriptions: { [Symbol.iterator]: () => index.values() },
  };
  const low = new Low<Content>(fileAt(path), content);
  try {
    await low.read();
    if (low.data !== content) fill(index, low.data);
  } catch (cause) {
    const why = hasMessage(cause) ? cause.message : String(cause);
    throw new Error(
      `The HSS database ${path} cannot be read (${why}). Restore it, or move it away: the HSS then starts with the subscribers of the network file, and UEs register again.`,
      { cause },
    );
  }
  low.data = content;
  return async () => {
    try {
      await low.write();
    } catch (cause) {
      const why = hasMessage(cause) ? cause.message : String(cause);
      throw new Error(`The HSS database ${path} cannot be written: ${why}`, { cause });
    }
  };
}

/** As lowdb's own adapter, whose writing takes six times as long: it makes the text of all anew, in small pieces. */
function fileAt(path: string): Adapter<Content> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  return {
    read: () => new JSONFile<Content>(path).read(),
    write: async (content) => {
      const bytes = bytesOf(content);
      const file = await open(temporary, 'w', 0o600); // it has the keys of all subscribers
      try {
        for (let from = 0; from < bytes.length;) from += (await file.write(bytes, from)).bytesWritten;
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    },
  };
}

/** By what the index gives, which is another object after each change: a write makes the text of what has changed only. */
const fragments = new WeakMap<StoredSubscription, Buffer>();
const heads = new WeakMap<ReadonlyMap<string, string>, Buffer>();
const SEPARATOR = Buffer.from(',\n');

/** One subscription a line. */
function bytesOf({ version, loaded, subscriptions }: Content): Buffer {
  const fingerprints = loaded();
  let head = heads.get(fingerprints);
  if (head === undefined) {
    const text = JSON.stringify(Object.fromEntries(fingerprints));
    head = Buffer.from(`{"version":${String(version)},"loaded":${text},"subscriptions":[\n`);
    heads.set(fingerprints, head);
  }
  const parts: Buffer[] = [head];
  let isFirst = true;
  for (const stored of subscriptions) {
    let line = fragments.get(stored);
    if (line === undefined) {
      line = Buffer.from(JSON.stringify(stored));
      fragments.set(stored, line);
    }
    if (!isFirst) parts.push(SEPARATOR);
    isFirst = false;
    parts.push(line);
  }
  parts.push(Buffer.from('\n]}\n'));
  return Buffer.concat(parts);
}

function fill(index: MemoryIndex, content: unknown): void {
  const { version, loaded, subscriptions } = record(content);
  if (version === 1)
    throw new Error('it is of version 1, which kept registrations without their subscribers');
  if (typeof version === 'number' && version > VERSION) {
    throw new Error(`it is of version ${String(version)}, this HSS knows version ${String(VERSION)}`);
  }
  if (version !== VERSION || !Array.isArray(subscriptions)) {
    throw new Error(`it is not an HSS database of version ${String(VERSION)}`);
  }
  // A file of before there were any has none.
  index.loaded = new Map(
    Object.entries(record(loaded)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  for (const [at, stored] of subscriptions.entries()) {
    if (!isStored(stored)) throw new Error(`its subscription ${String(at + 1)} is not one`);
    const outcome = index.put(stored.subscription, stored.state);
    if (outcome.kind === 'identity-taken') {
      throw new Error(`${outcome.wantedBy} and ${outcome.of} have the identity ${outcome.identity} both`);
    }
  }
}

/** As deep as the index goes into it: the file is the HSS's own. */
function isStored(value: unknown): value is StoredSubscription {
  const { subscription, state } = record(value);
  const { privateIdentities, implicitSets } = record(subscription);
  const { sets, sequenceNumbers } = record(state);
  return (
    isSome(privateIdentities, isIdentity) &&
    isSome(implicitSets, (set) =>
      isSome(record(set)['serviceProfiles'], (profile) =>
        isSome(record(profile)['publicIdentities'], isIdentity),
      ),
    ) &&
    isRecord(sets) &&
    Object.values(sets).every(
      (set) => set === 'unregistered' || Array.isArray(record(set)['registeredBy']),
    ) &&
    isRecord(sequenceNumbers) &&
    Object.values(sequenceNumbers).every((sqn) => typeof sqn === 'string' && /^[0-9a-f]{1,12}$/.test(sqn))
  );
}

function isIdentity(value: unknown): boolean {
  return typeof record(value)['identity'] === 'string';
}

function isSome(value: unknown, check: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(check);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof error === 'object' && error !== null && 'message' in error;
}
