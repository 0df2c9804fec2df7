import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** Connections at most; what wants one beyond them waits its turn, `CONNECT_WITHIN_MS` at most. */
const CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 5000;
/** A statement that takes longer is given up, so that a server that hangs is an error and not a silence. */
const QUERY_WITHIN_MS = 60_000;
/** How often a transaction is tried that another one was in the way of. */
const ATTEMPTS = 5;
/**
 * Whatever the server is set to: committed is on disk; and plans, which are made while tables are small and kept while they
 * grow, never read a table from end to end.
 */
const SETTINGS = 'SET synchronous_commit = on; SET enable_seqscan = off; SET jit = off';
const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';

/** A PostgreSQL server as the store uses it: connections that come back when the server does, errors that name it. */
export interface Postgres {
  /** `host:port/database`, for readers; the password is in nothing that this gives. */
  readonly place: string;
  query<Row extends QueryResultRow>(what: string, statement: QueryConfig): Promise<readonly Row[]>;
  /**
   * What `work` does happens whole or not at all. It is done again where another transaction got in its way (a row of the same
   * key, a deadlock), unless `once`.
   */
  transaction<T>(what: string, work: (client: Client) => Promise<T>, once?: 'once'): Promise<T>;
  close(): Promise<void>;
}

/** A connection within a transaction. */
export interface Client {
  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>>;
}

/** @throws Error where `url` is none of a PostgreSQL database. Nothing is connected yet. */
export async function postgresAt(url: string): Promise<Postgres> {
  const { Pool, place } = await checked(url);
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: QUERY_WITHIN_MS,
    keepAlive: true,
    application_name: 'ims-hss',
    allowExitOnIdle: true,
    // A connection that cannot be set up so is none: what it was made for fails with what the server says.
    verify: (client, done) => {
      client.query(SETTINGS).then(() => done(), done);
    },
  });
  // A connection that breaks while idle (the server restarts) is dropped by the pool; the next query makes a new one.
  pool.on('error', () => undefined);
  const failed = (what: string, error: unknown): Error =>
    new Error(`PostgreSQL at ${place}: ${what} failed: ${reasonOf(error)}`, { cause: error });

  return {
    place,
    query: async <Row extends QueryResultRow>(what: string, statement: QueryConfig) => {
      try {
        return (await pool.query<Row>(statement)).rows;
      } catch (error) {
        throw failed(what, error);
      }
    },
    transaction: async (what, work, once) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transactionOf(pool, work);
        } catch (error) {
          if (error instanceof OwnError) throw error.cause;
          if (once !== undefined || attempt === ATTEMPTS || !wasInTheWay(error)) throw failed(what, error);
        }
      }
    },
    close: () => pool.end(),
  };
}

/** Carries what the caller's own code threw through a transaction, so that the server is not blamed for it. */
class OwnError extends Error {}

/** Calls what the caller handed in; an error of its own rolls back and comes out as it is. */
export function own<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new OwnError('', { cause });
  }
}

async function transactionOf<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // One that breaks while in use tells it twice: as the query's rejection, and as this event.
  const onError = (): undefined => undefined;
  client.on('error', onError);
  const release = (broken?: Error | true): void => {
    client.off('error', onError);
    client.release(broken);
  };
  try {
    // Its default may be another; `SELECT ... FOR UPDATE` is to see what the one before has committed.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(client);
    await client.query('COMMIT');
    release();
    return result;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => {
        release();
      },
      () => {
        release(true); // The connection is gone, and with it the transaction.
      },
    );
    throw error;
  }
}

async function checked(url: string): Promise<{ Pool: typeof Pool; place: string }> {
  const { default: pg } = await import('pg');
  const shape = 'postgres://user:password@host:port/database';
  if (!/^postgres(?:ql)?:\/\//.test(url))
    throw new Error(`The HSS's PostgreSQL URL is not of the form ${shape}`);
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return { Pool: pg.Pool, place: `${host}:${String(port)}/${database ?? ''}` };
  } catch {
    // The error has the URL in it, and so the password: not told on.
    throw new Error(`The HSS's PostgreSQL URL cannot be read; it is of the form ${shape}`);
  }
}

function wasInTheWay(error: unknown): boolean {
  const code = codeOf(error);
  return code === UNIQUE_VIOLATION || code === DEADLOCK;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** In the words of the server, or of the operating system: an error of several addresses has no message of its own. */
function reasonOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return message === '' ? String(codeOf(error) ?? error) : message;
}
