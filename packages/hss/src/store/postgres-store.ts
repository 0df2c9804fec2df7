import { normalizeIdentity } from '../public-identity.js';
import type { FoundByPublicIdentity, IdentityTaken, PutOutcome, SubscriberStore } from '../store.js';
import type { StoredSubscription, Subscription, SubscriptionState } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { bySpecificity, compileWildcard } from '../wildcard.js';
import type { Client, Postgres } from './postgres-connection.js';
import { own, postgresAt } from './postgres-connection.js';
import { deleteIdentities, putAll } from './postgres-put.js';
import { KeyedQueue } from './postgres-queue.js';
import { openSchema } from './postgres-schema.js';

/** Subscriptions that `load` stores in one transaction. */
const BATCH = 1000;
/** Longer identities are no wildcard's. */
const MAX_IDENTITY = 512;
/** The one character that PostgreSQL's text cannot hold. */
const NUL = '\0';
/** Of the queue: no subscription has it for its key. */
const LOADING = '';

/**
 * Subscriptions in PostgreSQL (12 or later), in the schema `ims_hss`, which is made where it is missing. Every lookup is one by
 * an index, whatever the population; an answer is given when the server has committed.
 * @param url `postgres://user:password@host:port/database`.
 * @throws Error that names the server and says what to do, where it cannot be used.
 */
export async function openPostgresStore(url: string): Promise<SubscriberStore> {
  const postgres = await postgresAt(url);
  try {
    await openSchema(postgres);
  } catch (error) {
    await postgres.close();
    throw error;
  }
  return storeOn(postgres);
}

function storeOn(postgres: Postgres): SubscriberStore {
  const queue = new KeyedQueue();
  return {
    kind: 'postgresql',
    byPrivateIdentity: async (identity) => {
      if (identity.includes(NUL)) return undefined;
      return (await postgres.query<StoredSubscription>('a lookup', { ...byPrivate, values: [identity] }))[0];
    },
    byPublicIdentity: async (identity) =>
      identity.includes(NUL) ? undefined : byPublicIdentity(postgres, normalizeIdentity(identity)),
    update: (key, change) =>
      queue.run(key, () =>
        postgres.transaction('an update', (client) => updateRow(client, key, change), 'once'),
      ),
    put: (subscription) => queue.run(keyOf(subscription), () => put(postgres, subscription)),
    remove: (key) =>
      queue.run(key, () => postgres.transaction('a removal', (client) => removeRow(client, key))),
    list: (after, limit) =>
      postgres.query<StoredSubscription>('a listing', { ...listing, values: [after ?? '', limit] }),
    count: async () => {
      const rows = await postgres.query<{ count: number }>('a count', counting);
      return rows[0]?.count ?? 0;
    },
    load: (subscriptions) => queue.run(LOADING, () => load(postgres, subscriptions)),
    loaded: () => loaded(postgres),
    setLoaded: (fingerprints) =>
      postgres.transaction('noting what was loaded', (client) => replaceLoaded(client, fingerprints)),
    close: async () => {
      await queue.idle();
      await postgres.close();
    },
  };
}

const byPrivate = {
  name: 'by-private',
  text: `SELECT s.subscription, s.state FROM ims_hss.private_identity i JOIN ims_hss.subscription s USING (key)
         WHERE i.identity = $1`,
};
const byPublic = {
  name: 'by-public',
  text: `SELECT s.subscription, s.state, i.set FROM ims_hss.public_identity i JOIN ims_hss.subscription s USING (key)
         WHERE i.identity = $1`,
};
const byPrefix = {
  name: 'by-prefix',
  text: 'SELECT written FROM ims_hss.wildcarded_identity WHERE prefix = ANY($1::text[])',
};
const listing = {
  name: 'listing',
  text: 'SELECT subscription, state FROM ims_hss.subscription WHERE key > $1 ORDER BY key LIMIT $2',
};
const counting = { name: 'counting', text: 'SELECT count(*)::integer AS count FROM ims_hss.subscription' };

async function byPublicIdentity(
  postgres: Postgres,
  normal: string,
): Promise<FoundByPublicIdentity | undefined> {
  const exactly = (identity: string): Promise<readonly FoundByPublicIdentity[]> =>
    postgres.query<FoundByPublicIdentity>('a lookup', { ...byPublic, values: [identity] });
  const [found] = await exactly(normal);
  if (found !== undefined || normal.length > MAX_IDENTITY) return found;
  const prefixes = Array.from(normal, (_, length) => normal.slice(0, length));
  const rows = await postgres.query<{ written: string }>('a lookup', { ...byPrefix, values: [prefixes] });
  const [wildcard] = rows
    .flatMap(({ written }) => compileWildcard(written) ?? [])
    .filter((candidate) => candidate.matches(normal))
    .sort(bySpecificity);
  if (wildcard === undefined) return undefined;
  const [wild] = await exactly(normalizeIdentity(wildcard.identity));
  return wild && { ...wild, wildcard: wildcard.identity };
}

type Change<Result> = (current: StoredSubscription) => {
  readonly result: Result;
  readonly state?: SubscriptionState | undefined;
};

async function updateRow<Result>(
  client: Client,
  key: string,
  change: Change<Result>,
): Promise<Result | undefined> {
  const { rows } = await client.query<StoredSubscription>({
    name: 'lock',
    text: 'SELECT subscription, state FROM ims_hss.subscription WHERE key = $1 FOR UPDATE',
    values: [key],
  });
  const [current] = rows;
  if (current === undefined) return undefined;
  const { result, state } = own(() => change(current));
  if (state !== undefined) {
    await client.query({
      name: 'update',
      text: 'UPDATE ims_hss.subscription SET state = $2 WHERE key = $1',
      values: [key, JSON.stringify(state)],
    });
  }
  return result;
}

async function put(postgres: Postgres, subscription: Subscription): Promise<PutOutcome> {
  const [outcome] = await postgres.transaction('a change', (client) => putAll(client, [subscription]));
  if (outcome === undefined) throw new Error('a put has no outcome');
  return outcome;
}

async function removeRow(client: Client, key: string): Promise<StoredSubscription | undefined> {
  const { rows } = await client.query<StoredSubscription>({
    name: 'remove',
    text: 'DELETE FROM ims_hss.subscription WHERE key = $1 RETURNING subscription, state',
    values: [key],
  });
  await deleteIdentities(
    client,
    rows.map(({ subscription }) => subscription),
  );
  return rows[0];
}

/** In batches, each a transaction of its own. */
async function load(
  postgres: Postgres,
  subscriptions: Iterable<Subscription> | AsyncIterable<Subscription>,
): Promise<readonly IdentityTaken[]> {
  const taken: IdentityTaken[] = [];
  let batch: Subscription[] = [];
  const store = async (): Promise<void> => {
    const full = batch;
    batch = [];
    const outcomes = await postgres.transaction('loading subscribers', (client) => putAll(client, full));
    for (const outcome of outcomes) if (outcome.kind === 'identity-taken') taken.push(outcome);
  };
  for await (const subscription of subscriptions) {
    batch.push(subscription);
    if (batch.length === BATCH) await store();
  }
  if (batch.length > 0) await store();
  return taken;
}

async function loaded(postgres: Postgres): Promise<ReadonlyMap<string, string>> {
  const rows = await postgres.query<{ key: string; fingerprint: string }>('reading what was loaded', {
    text: 'SELECT key, fingerprint FROM ims_hss.loaded',
  });
  return new Map(rows.map(({ key, fingerprint }) => [key, fingerprint]));
}

async function replaceLoaded(client: Client, fingerprints: ReadonlyMap<string, string>): Promise<void> {
  await client.query({ text: 'DELETE FROM ims_hss.loaded' });
  await client.query({
    text: 'INSERT INTO ims_hss.loaded SELECT * FROM unnest($1::text[], $2::text[])',
    values: [[...fingerprints.keys()], [...fingerprints.values()]],
  });
}
