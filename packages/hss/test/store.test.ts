import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../src/database.js';
import { openDatabase } from '../src/database.js';
import type { Registration, SubscriberConfig } from '../src/subscriber.js';
import { Subscribers } from '../src/subscribers.js';
import { none, registered, unregistered, user1 } from './lab.js';

const folder = mkdtempSync(join(tmpdir(), 'hss-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const many: SubscriberConfig[] = Array.from({ length: 50 }, (_, i) => ({
  privateIdentity: `user${String(i)}`,
  publicIdentities: [{ identity: `sip:user${String(i)}@home1.net` }],
}));
const changeOf = (subscribers: Subscribers, i: number, registration: Registration) => {
  const subscriber = subscribers.byPrivateIdentity(`user${String(i)}`);
  if (subscriber === undefined) throw new Error('no subscriber');
  return { subscriber, registration };
};

describe('the database file', () => {
  test('what was stored is there after a restart', async () => {
    const path = join(folder, 'made', 'on', 'demand', 'hss.json');
    const before = new Subscribers(many, none, await openDatabase(path));
    await Promise.all([
      before.store(changeOf(before, 1, registered)),
      before.store(changeOf(before, 2, unregistered)),
    ]);
    await before.store(changeOf(before, 2, { state: 'not-registered' }));
    const after = new Subscribers(many, none, await openDatabase(path));
    const states = [1, 2, 3].map(
      (i) => after.registrationOf(changeOf(after, i, registered).subscriber).state,
    );
    expect(states).toEqual(['registered', 'not-registered', 'not-registered']);
  });

  test.each([
    ['cut off', '{"version":1,"registr'],
    ['empty', ''],
    ['another document', '{"users":[]}'],
    ['another version', '{"version":2,"registrations":{}}'],
    ['a bad registration', '{"version":1,"registrations":{"a":{"state":"registered"}}}'],
  ])('%s: an error that names the file and the remedy', async (name, content) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, content);
    const error = await openDatabase(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(path);
    expect((error as Error).message).toContain('move it away');
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('a folder where the file should be, or a file where its folder should be', async () => {
    await expect(openDatabase(folder)).rejects.toThrow(`The HSS database ${folder} cannot be read`);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(openDatabase(join(file, 'hss.json'))).rejects.toThrow('the folder cannot be made');
  });
});

/** A disk that writes when it is told to. */
function slowDatabase() {
  const writes: { content: Map<string, Registration>; done: () => void; fail: () => void }[] = [];
  const database: Database = {
    registrations: new Map(),
    pending: undefined,
    write: (current) =>
      new Promise((resolve, reject) => {
        const fail = (): void => {
          reject(new Error('disk full'));
        };
        writes.push({ content: new Map(current), done: resolve, fail });
      }),
  };
  return { database, writes };
}

describe('writes', () => {
  test('those of one turn share one, as do those that come meanwhile', async () => {
    const path = join(folder, 'group.json');
    const database = await openDatabase(path);
    const subscribers = new Subscribers(many, none, database);
    const first = [0, 1, 2].map((i) => subscribers.store(changeOf(subscribers, i, registered)));
    const contents: string[][] = [];
    const look = (): void => {
      const { registrations } = JSON.parse(readFileSync(path, 'utf8')) as { registrations: object };
      contents.push(Object.keys(registrations));
    };
    await Promise.resolve();
    await Promise.resolve();
    const second = [3, 4].map((i) => subscribers.store(changeOf(subscribers, i, registered)));
    for (const stored of [...first, ...second]) void stored.then(look);
    await Promise.all([...first, ...second]);
    expect(contents.map((keys) => keys.length)).toEqual([3, 3, 3, 5, 5]);
    expect(database.pending).toBeUndefined();
  });

  test('a change is seen at once, and answered when it is on disk', async () => {
    const { database, writes } = slowDatabase();
    const subscribers = new Subscribers(many, none, database);
    const change = changeOf(subscribers, 0, registered);
    let isStored = false;
    const stored = subscribers.store(change).then(() => (isStored = true));
    expect(subscribers.registrationOf(change.subscriber)).toBe(registered);
    await Promise.resolve();
    expect(isStored).toBe(false);
    writes[0]?.done();
    await stored;
    expect(isStored).toBe(true);
  });

  test('what the disk refuses is taken back, to what it has', async () => {
    const { database, writes } = slowDatabase();
    const subscribers = new Subscribers(many, none, database);
    const { subscriber } = changeOf(subscribers, 0, registered);
    const good = subscribers.store({ subscriber, registration: unregistered });
    writes[0]?.done();
    await good;
    const bad = [registered, { ...registered, serverName: 'sip:x' }].map((registration) =>
      subscribers.store({ subscriber, registration }),
    );
    writes[1]?.fail();
    writes[2]?.fail();
    await expect(Promise.allSettled(bad)).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    expect(subscribers.registrationOf(subscriber)).toBe(unregistered);
  });
});

describe('identities', () => {
  test.each([
    ['private', [user1, { ...user1, publicIdentities: [] }]],
    [
      'public',
      [user1, { ...user1, privateIdentity: 'other', publicIdentities: [{ identity: 'tel:+12125551111' }] }],
    ],
  ])('two subscriptions with one %s identity: an error that names it', async (kind, configs) => {
    const database = await openDatabase(undefined);
    expect(() => new Subscribers(configs, none, database)).toThrow(
      kind === 'private' ? user1.privateIdentity : 'tel:+12125551111',
    );
  });
});
