import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { SubscriberStore } from '../src/store.js';
import { openLowdbStore, storeOn } from '../src/store/lowdb-store.js';
import { GroupedWrites } from '../src/store/lowdb-writes.js';
import { MemoryIndex } from '../src/store/memory-index.js';
import type { SubscriptionState } from '../src/subscription.js';
import { noState } from '../src/subscription.js';
import { storeContract, subscriptionOf } from './store-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'hss-lowdb-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
let files = 0;
const newPath = (): string => join(folder, `${String(++files)}.json`);

storeContract('lowdb', async () => {
  const path = newPath();
  const store = await openLowdbStore(path);
  let current = store;
  const reopen = async (): Promise<SubscriberStore> => {
    await current.close();
    return (current = await openLowdbStore(path));
  };
  return { store, reopen, close: () => current.close() };
});

const keyFor = (name: string): string => `${name}_private@home1.net`;
const numbered = (sqn: string): SubscriptionState => ({ sets: {}, sequenceNumbers: { x: sqn } });
const set = (store: SubscriberStore, name: string, sqn: string): Promise<string | undefined> =>
  store.update(keyFor(name), () => ({ result: sqn, state: numbered(sqn) }));

describe('the file', () => {
  test('is one store’s at a time, whatever the way to it, and free after it', async () => {
    const path = newPath();
    const store = await openLowdbStore(path);
    await store.put(subscriptionOf('a'));
    symlinkSync(folder, join(folder, 'link'));
    const again = join(folder, 'link', basename(path));
    await expect(openLowdbStore(again)).rejects.toThrow('is that of another HSS, which runs: stop that one');
    await store.close();
    const next = await openLowdbStore(again);
    expect(await next.count()).toBe(1);
    await next.close();
  });

  test('is its owner’s alone: it has the keys of all subscribers', async () => {
    const path = newPath();
    const store = await openLowdbStore(path);
    await store.put(subscriptionOf('a'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await store.close();
  });

  const good = { subscription: subscriptionOf('a'), state: noState };
  const file = (...subscriptions: unknown[]): string => JSON.stringify({ version: 2, subscriptions });
  test.each([
    ['cut off', '{"version":2,"subscr', 'JSON'],
    ['empty', '', 'JSON'],
    ['another document', '{"users":[]}', 'not an HSS database of version 2'],
    ['version 1', '{"version":1,"registrations":{}}', 'version 1, which kept registrations'],
    ['a newer version', '{"version":3,"subscriptions":[]}', 'of version 3'],
    ['a bad state', file(good, { ...good, state: {} }), 'subscription 2 is not one'],
    [
      'a set that is none',
      file({ ...good, state: { ...noState, sets: { '0': 5 } } }),
      'subscription 1 is not one',
    ],
    ['a sequence number that is none', file({ ...good, state: numbered('x') }), 'subscription 1 is not one'],
    [
      'a bad subscription',
      file({ state: noState, subscription: { privateIdentities: [] } }),
      'subscription 1',
    ],
    [
      'one identity twice',
      file(good, { ...good, subscription: { ...good.subscription, privateIdentities: [{ identity: 'b' }] } }),
      'b and a_private@home1.net have the identity sip:a@home1.net both',
    ],
  ])('%s: an error that names the file and the remedy, and leaves it as it is', async (_, content, says) => {
    const path = newPath();
    writeFileSync(path, content);
    const message = await openLowdbStore(path).then(
      () => 'no error',
      (error: unknown) => (error as Error).message,
    );
    expect(message).toContain(path);
    expect(message).toContain(says);
    expect(message).toContain('move it away');
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('a folder where the file should be, or a file where its folder should be', async () => {
    await expect(openLowdbStore(folder)).rejects.toThrow(`The HSS database ${folder} cannot be read`);
    const path = newPath();
    writeFileSync(path, '');
    await expect(openLowdbStore(join(path, 'hss.json'))).rejects.toThrow('the folder cannot be made');
    const inProc = openLowdbStore('/proc/x/hss.json');
    await expect(inProc).rejects.toThrow('the folder cannot be made');
  });

  test('its folder is made; one subscription is one line', async () => {
    const path = join(folder, 'made', 'on', 'demand', 'hss.json');
    const store = await openLowdbStore(path);
    await store.load([subscriptionOf('a'), subscriptionOf('b')]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5);
  });
});

/** A disk that writes when it is told to, and what it has written. */
function slowDisk() {
  const index = new MemoryIndex();
  const writes: { readonly has: string[]; readonly done: () => void; readonly fail: () => void }[] = [];
  const write = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const has = [...index.values()].map(({ state }) => state.sequenceNumbers['x'] ?? '-');
      const fail = (): void => {
        reject(new Error('disk full'));
      };
      writes.push({ has, done: resolve, fail });
    });
  return { store: storeOn(index, new GroupedWrites(index, write)), writes };
}

/** Lets everything go on that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

async function loaded(...names: string[]) {
  const { store, writes } = slowDisk();
  const load = store.load(names.map((name) => subscriptionOf(name)));
  await settle();
  writes.shift()?.done();
  await load;
  return { store, writes };
}

const outcomesOf = async (promises: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(promises)).map(({ status }) => status);

describe('writes', () => {
  test('the changes of a turn share one, as do those that come while it is under way', async () => {
    const { store, writes } = await loaded('a', 'b');
    const first = [set(store, 'a', '1'), set(store, 'b', '1')];
    await settle();
    const second = [set(store, 'a', '2'), store.remove(keyFor('b')), store.put(subscriptionOf('c'))];
    await settle();
    expect(writes.map(({ has }) => has)).toEqual([['1', '1']]);
    writes[0]?.done();
    await Promise.all(first);
    await settle();
    expect(writes.map(({ has }) => has)).toEqual([
      ['1', '1'],
      ['2', '-'],
    ]);
    writes[1]?.done();
    await Promise.all(second);
    expect(writes).toHaveLength(2);
  });

  test('a change is read at once, and answered when it is on disk', async () => {
    const { store, writes } = await loaded('a', 'b');
    let answered = '';
    void set(store, 'a', '1').then(() => (answered += 'change '));
    void store.update(keyFor('a'), () => ({ result: 0 })).then(() => (answered += 'look '));
    await store.update(keyFor('b'), () => ({ result: 0 }));
    expect(store.byPrivateIdentity(keyFor('a'))).toMatchObject({ state: numbered('1') });
    await settle();
    expect(answered).toBe('');
    writes[0]?.done();
    await settle();
    expect(answered).toBe('change look ');
  });

  test('what the disk refuses is taken back, with what was decided on it; the next change is written', async () => {
    const { store, writes } = await loaded('a', 'b', 'c');
    const given = { ...subscriptionOf('b', ['sip:other@home1.net']) };
    const first = [
      set(store, 'a', '1'),
      store.put(given),
      store.put(subscriptionOf('d', ['sip:b@home1.net'])),
    ];
    await settle();
    const second = [
      set(store, 'a', '2'),
      store.remove(keyFor('c')),
      store.update(keyFor('a'), () => ({ result: 0 })),
    ];
    await settle();
    writes[0]?.fail();
    expect(await outcomesOf([...first, ...second])).toEqual(Array(6).fill('rejected'));
    expect(writes).toHaveLength(1);
    expect(store.list(undefined, 10)).toEqual(
      ['a', 'b', 'c'].map((name) => ({ subscription: subscriptionOf(name), state: noState })),
    );
    expect(store.byPublicIdentity('sip:b@home1.net')).toMatchObject({ subscription: subscriptionOf('b') });
    expect(store.byPublicIdentity('sip:other@home1.net')).toBeUndefined();

    const third = set(store, 'a', '3');
    await settle();
    expect(writes[1]?.has).toEqual(expect.arrayContaining(['3']));
    writes[1]?.done();
    expect(await third).toBe('3');
    expect(await store.update(keyFor('a'), () => ({ result: 'on disk' }))).toBe('on disk');
  });

  test('of a group that is refused, what an earlier one has written stays', async () => {
    const { store, writes } = await loaded('a');
    const first = set(store, 'a', '1');
    await settle();
    const second = set(store, 'a', '2');
    writes[0]?.done();
    await first;
    await settle();
    writes[1]?.fail();
    expect(await outcomesOf([second])).toEqual(['rejected']);
    expect(store.byPrivateIdentity(keyFor('a'))).toMatchObject({ state: numbered('1') });
  });

  test('a removal that is not on disk yet is nobody: told when it is', async () => {
    const { store, writes } = await loaded('a');
    const removal = store.remove(keyFor('a'));
    const look = store.update(keyFor('a'), () => ({ result: 1 }));
    const again = store.remove(keyFor('a'));
    await settle();
    writes[0]?.fail();
    expect(await outcomesOf([removal, look, again])).toEqual(['rejected', 'rejected', 'rejected']);
    expect(store.byPrivateIdentity(keyFor('a'))).toBeDefined();
  });

  test('close waits for them', async () => {
    const { store, writes } = await loaded('a');
    const change = set(store, 'a', '1');
    let isClosed = false;
    const closing = store.close().then(() => (isClosed = true));
    await settle();
    expect(isClosed).toBe(false);
    writes[0]?.done();
    await Promise.all([closing, change]);
    expect(isClosed).toBe(true);
  });
});
