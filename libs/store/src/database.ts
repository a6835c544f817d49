import pg from 'pg';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;
/** A pool, or the one client of a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

export interface PoolOptions {
  /** Most connections at a time. */
  readonly max?: number;
  /** How a connection names itself in pg_stat_activity. */
  readonly applicationName?: string;
  /** How long a connection may take to come about, ms; default 10 s. */
  readonly connectTimeoutMs?: number;
  /** How long a query may take before its connection is given up, ms; without limit unless given. */
  readonly answerTimeoutMs?: number;
  /**
   * How long a transaction may stand still between two statements, ms; without limit unless given. A process that is
   * suspended in the middle of one would else keep its locks, and everybody who waits for them.
   */
  readonly idleInTransactionMs?: number;
  /** A connection broke while nobody was using it: the database went away. Called once per connection. */
  readonly onIdleError?: (error: Error) => void;
}

/** A line that is still for so long is asked whether anybody is there. */
const KEEP_ALIVE_MS = 10_000;

/** A pool for DATABASE_URL that survives a database going away: an idle connection's end is reported, not thrown. */
export function openPool(url: string, options: PoolOptions = {}): Pool {
  const { max = 4, applicationName = 'linepack', onIdleError = () => undefined } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    // A server whose computer is gone says nothing more: without it whoever waits for an answer would wait for ever.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    ...(options.idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: options.idleInTransactionMs }),
    ...(options.answerTimeoutMs === undefined ? {} : { query_timeout: options.answerTimeoutMs }),
  });
  pool.on('error', onIdleError);
  // A connection that breaks in the middle of a transaction tells its user through the next query. Its event would
  // end the process if nobody listened.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
 * Inside, use the client only: on the embedded server a second connection would wait for this transaction for ever.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((e: Error) => {
      // The connection itself is gone; the server rolls back, and the pool must not hand this client out again.
      broken = e;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The only row of a query that always answers one. */
export function onlyRow<T>(rows: readonly T[]): T {
  const row = rows[0];
  if (row === undefined || rows.length > 1) throw new Error(`expected one row, got ${rows.length}`);
  return row;
}
