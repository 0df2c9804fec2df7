import type { Client, Postgres } from './postgres-connection.js';

/** Raise it with every change of the tables, and bring those of the version before up to it in `open`. */
const VERSION = 2;
/** Any number that no other program takes for its lock. */
const LOCK = 0x696d73;

/** Of `SubscriberStore.setLoaded`. */
const LOADED = `CREATE TABLE ims_hss.loaded (
    key text COLLATE "C" PRIMARY KEY,
    fingerprint text NOT NULL
  );`;

/**
 * All in a schema of its own, so that the database may hold other things. Identities compare by their bytes (`C`): that is the
 * order of `list`, and the quickest. `json` keeps a subscription as it was given, and its state changes without an index's.
 */
const TABLES = `
  CREATE SCHEMA ims_hss;
  CREATE TABLE ims_hss.version (version integer NOT NULL);
  INSERT INTO ims_hss.version VALUES (${String(VERSION)});
  CREATE TABLE ims_hss.subscription (
    key text COLLATE "C" PRIMARY KEY,
    subscription json NOT NULL,
    state json NOT NULL
  ) WITH (fillfactor = 80);
  CREATE TABLE ims_hss.private_identity (
    identity text COLLATE "C" PRIMARY KEY,
    key text COLLATE "C" NOT NULL
  );
  CREATE TABLE ims_hss.public_identity (
    identity text COLLATE "C" PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    set integer NOT NULL
  );
  CREATE TABLE ims_hss.wildcarded_identity (
    identity text COLLATE "C" PRIMARY KEY,
    prefix text COLLATE "C" NOT NULL,
    written text NOT NULL,
    key text COLLATE "C" NOT NULL,
    set integer NOT NULL
  );
  CREATE INDEX ON ims_hss.wildcarded_identity (prefix);
  ${LOADED}
`;
/** What version 1 has not. */
const FROM_1 = `${LOADED} UPDATE ims_hss.version SET version = ${String(VERSION)};`;

/**
 * Makes the tables where there are none.
 * @throws Error that says what to do, where the server cannot be reached or has a schema of that name that is not ours.
 */
export async function openSchema(postgres: Postgres): Promise<void> {
  const found = await opened(postgres);
  if (found === VERSION) return;
  const remedy = 'Name another database in the network file, or drop the schema to start with nobody in it.';
  throw new Error(
    found === undefined
      ? `PostgreSQL at ${postgres.place} has a schema ims_hss that this HSS has not made. ${remedy}`
      : `PostgreSQL at ${postgres.place} keeps subscribers in version ${String(found)}, this HSS knows version ${String(VERSION)}: start a newer one. ${remedy}`,
  );
}

async function opened(postgres: Postgres): Promise<unknown> {
  try {
    return await postgres.transaction('opening the subscribers', (client) => openWithin(client));
  } catch (cause) {
    const why = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : cause;
    throw new Error(
      `${String(why)}. Start it, or correct the HSS's PostgreSQL URL: the database must be there, and its user may make a schema in it.`,
      { cause },
    );
  }
}

/** The version that is there, once there is one. */
async function openWithin(client: Client): Promise<unknown> {
  // Two that start at once: the second finds what the first has made.
  await client.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [LOCK] });
  const there = await client.query({ text: `SELECT 1 FROM pg_namespace WHERE nspname = 'ims_hss'` });
  if (there.rows.length === 0) {
    await client.query({ text: TABLES });
    return VERSION;
  }
  const table = await client.query<{ version: string | null }>({
    text: `SELECT to_regclass('ims_hss.version') AS version`,
  });
  if (table.rows[0]?.version == null) return undefined;
  const { rows } = await client.query<{ version: unknown }>({ text: 'SELECT version FROM ims_hss.version' });
  const found = rows[0]?.version;
  if (found !== 1) return found;
  await client.query({ text: FROM_1 });
  return VERSION;
}
