import { hasPostgres, startPostgres } from '../../embedded/test/processes';
import { openPool, readMigrations, type Pool, type PoolOptions } from '../src/index';

/** `describe` where there is a PostgreSQL to run against; otherwise skipped, with a word on standard error. */
export function describeOnPostgres(name: string, suite: () => void): void {
  if (hasPostgres()) return describe(name, suite);
  process.stderr.write(`skipped, for want of initdb on PATH: ${name}\n`);
  describe.skip(name, suite);
}

export interface PlainPostgres {
  /** Another pool: connections of another process, as far as the server can tell. */
  pool(options?: PoolOptions): Pool;
  close(): Promise<void>;
}

/**
 * A real PostgreSQL with our schema, for what depends on real concurrency: there every connection is a session of its
 * own, which the embedded server's are not.
 *
 * It has no timescaledb, so that three things of the migrations are left out, and with them everything about
 * compression: hypertables stay plain tables (`create_hypertable` is a function that does nothing), the settings of
 * compression are cut out of the text, and function bodies are not checked for `first` and `last`, which do not exist.
 */
export async function startPlainPostgres(): Promise<PlainPostgres> {
  const server = await startPostgres();
  const pools: Pool[] = [];
  const pool = (options: PoolOptions = {}): Pool => {
    const one = openPool(server.url, { max: 4, ...options });
    pools.push(one);
    return one;
  };
  await pool().query(withoutTimescale(readMigrations().map((m) => m.sql)));
  return {
    pool,
    async close() {
      await Promise.all(pools.map((one) => one.end()));
      await server.stop();
    },
  };
}

const withoutTimescale = (migrations: readonly string[]): string =>
  [
    'set check_function_bodies = off',
    `create function by_range(text, interval) returns text language sql return null`,
    `create function create_hypertable(text, text, create_default_indexes boolean) returns text language sql return null`,
    ...migrations.map((sql) => sql.replace(/alter table \w+ set \(\s*timescaledb\.[^)]*\)/g, 'select')),
  ].join(';\n');
