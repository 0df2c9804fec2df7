import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import type { SubscriberStore } from '../src/store.js';
import { openPostgresStore } from '../src/store/postgres-store.js';
import type { PostgresServer } from '@ims-sim/host/test-kit';
import { postgresPrograms, startPostgres } from '@ims-sim/host/test-kit';
import { storeContract, subscriptionOf } from './store-contract.js';

// A server of its own on a machine that is busy.
jest.setTimeout(180_000);

const isThere = postgresPrograms() !== undefined || process.env['IMS_PEERS_REQUIRED'] !== undefined;
const withPostgres = isThere ? describe : describe.skip;

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );
}

withPostgres('a real PostgreSQL', () => {
  let server: PostgresServer;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
    server.remove();
  }, 180_000);
  const opened = async (url: string): Promise<SubscriberStore> => {
    const store = await openPostgresStore(url);
    undo.push(() => store.close());
    return store;
  };

  storeContract('PostgreSQL', async () => {
    const url = server.newDatabase();
    let store = await openPostgresStore(url);
    return {
      store,
      reopen: async () => {
        await store.close();
        return (store = await openPostgresStore(url));
      },
      close: () => store.close(),
    };
  });

  describe('the schema', () => {
    test('two that open an empty database at once make it once', async () => {
      const url = server.newDatabase();
      const [a, b] = await Promise.all([opened(url), opened(url)]);
      await a.put(subscriptionOf('a'));
      expect(await b.count()).toBe(1);
    });

    test('one of version 1 keeps what it has and is brought up to this one', async () => {
      const url = server.newDatabase();
      const store = await openPostgresStore(url);
      await store.put(subscriptionOf('kept'));
      await store.close();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('DROP TABLE ims_hss.loaded; UPDATE ims_hss.version SET version = 1');
      await client.end();
      for (const noted of ['1', '2']) {
        const again = await opened(url);
        expect(await again.count()).toBe(1);
        await again.setLoaded(new Map([['kept', noted]]));
        expect(await again.loaded()).toEqual(new Map([['kept', noted]]));
      }
    });

    test.each([
      ['of a newer version', 'UPDATE ims_hss.version SET version = 99', 'in version 99'],
      ['of somebody else', 'DROP TABLE ims_hss.version', 'that this HSS has not made'],
      ['without a version', 'DELETE FROM ims_hss.version', 'that this HSS has not made'],
    ])('%s: an error that says where and what to do, and changes nothing', async (_, change, says) => {
      const url = server.newDatabase();
      const store = await openPostgresStore(url);
      await store.put(subscriptionOf('kept'));
      await store.close();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(change);
      const message = await rejection(openPostgresStore(url));
      expect(message).toContain(says);
      expect(message).toContain(`127.0.0.1:${String(server.port)}/`);
      expect(message).toContain('drop the schema');
      const { rows } = await client.query<{ key: string }>('SELECT key FROM ims_hss.subscription');
      expect(rows).toEqual([{ key: 'kept_private@home1.net' }]);
      await client.end();
    });
  });

  describe('the server', () => {
    test.each([
      ['no URL', 'hss.json', 'postgres://user:password@host:port/database'],
      ['an unreadable URL', 'postgres://u:not-to-be-told@[/', 'postgres://user:password@host:port/database'],
      ['nobody listens', 'postgres://u:not-to-be-told@127.0.0.1:1/d', '127.0.0.1:1/d: opening'],
      ['what to do', 'postgres://u:not-to-be-told@127.0.0.1:1/d', 'Start it, or correct'],
    ])('%s: an error that says so, without the password', async (_, url, says) => {
      const message = await rejection(openPostgresStore(url));
      expect(message).toContain(says);
      expect(message).not.toContain('not-to-be-told');
    });

    test('no such database', async () => {
      const url = server.newDatabase().replace(/\w+$/, 'none');
      expect(await rejection(openPostgresStore(url))).toContain('database "none" does not exist');
    });

    test('one that crashes: what it cannot do rejects, what was answered is there when it is back', async () => {
      const url = server.newDatabase();
      const store = await opened(url);
      await store.load(Array.from({ length: 20 }, (_, i) => subscriptionOf(`u${String(i)}`)));
      const key = 'u1_private@home1.net';
      const bump = (): Promise<number | undefined> =>
        store.update(key, ({ state }) => {
          const result = parseInt(state.sequenceNumbers['x'] ?? '0', 16) + 1;
          return { result, state: { ...state, sequenceNumbers: { x: result.toString(16) } } };
        });
      expect([await bump(), await bump()]).toEqual([1, 2]);
      server.crash();
      const message = await rejection(bump());
      expect(message).toContain(`PostgreSQL at 127.0.0.1:${String(server.port)}/`);
      expect(message).not.toContain('not-to-be-told');
      await expect(store.byPrivateIdentity(key)).rejects.toThrow('a lookup failed');
      server.start();
      expect(await bump()).toBe(3);
      expect(await store.byPublicIdentity('sip:u19@home1.net')).toMatchObject({ set: 0 });
    }, 180_000);
  });

  describe('loading', () => {
    test('several batches, with what is taken across them, and again over what is there', async () => {
      const store = await opened(server.newDatabase());
      const all = Array.from({ length: 2500 }, (_, i) => subscriptionOf(`u${String(i)}`));
      const thief = { ...subscriptionOf('u0'), privateIdentities: [{ identity: 'thief' }] as const };
      const taken = { identity: 'sip:u0@home1.net', wantedBy: 'thief', of: 'u0_private@home1.net' };
      expect(await store.load([...all, thief])).toEqual([{ kind: 'identity-taken', ...taken }]);
      expect(await store.load([thief, ...all])).toHaveLength(1);
      expect(await store.count()).toBe(2500);
    });

    test('in one batch an identity goes from one subscription to the next', async () => {
      const store = await opened(server.newDatabase());
      await store.load([subscriptionOf('a', ['sip:x@home1.net']), subscriptionOf('b', ['sip:y@home1.net'])]);
      const swap = [
        subscriptionOf('a', ['sip:z@home1.net']),
        subscriptionOf('b', ['sip:x@home1.net']),
        subscriptionOf('a', ['sip:y@home1.net']),
      ];
      expect(await store.load(swap)).toEqual([]);
      const owner = async (identity: string): Promise<string | undefined> =>
        (await store.byPublicIdentity(identity))?.subscription.privateIdentities[0].identity;
      expect(await owner('sip:x@home1.net')).toBe('b_private@home1.net');
      expect(await owner('sip:y@home1.net')).toBe('a_private@home1.net');
      expect(await owner('sip:z@home1.net')).toBeUndefined();
    });

    test('two that want one identity at once: one has it', async () => {
      const url = server.newDatabase();
      const stores = await Promise.all([opened(url), opened(url)]);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          stores[i % 2]?.put(subscriptionOf(`w${String(i)}`, ['sip:wanted@home1.net'])),
        ),
      );
      expect(outcomes.filter((outcome) => outcome?.kind === 'stored')).toHaveLength(1);
      expect(await stores[0].count()).toBe(1);
    });

    test('an identity with a character that PostgreSQL has not is nobody', async () => {
      const store = await opened(server.newDatabase());
      expect(await store.byPrivateIdentity('a\0b')).toBeUndefined();
      expect(await store.byPublicIdentity('sip:a\0b@home1.net')).toBeUndefined();
    });
  });
});
