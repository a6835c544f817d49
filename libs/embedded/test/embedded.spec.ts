import { rmSync } from 'node:fs';
import pg from 'pg';
import { query } from '../src/wire/frames';
import { copyFrom, message, RawClient } from './clients';
import type { ServerProcess } from './processes';
import { bundle, eventually, removeBundle, startProcess, temporaryFolder } from './processes';
import { wireSuite } from './wire.suite';

const limits = {
  maxMessageBytes: 6 << 20,
  maxCollectedBytes: 8 << 20,
  idleInTransactionMs: 3_000,
  checkpointLookMs: 200,
  checkpointLogBytes: 8 << 20,
};

describe('the embedded TimescaleDB', () => {
  let entry: string;
  let folder: string;
  let server: ServerProcess;

  beforeAll(async () => {
    entry = await bundle('server-entry.ts');
    folder = temporaryFolder();
    server = await startProcess(entry, [JSON.stringify({ dataDir: folder, ...limits })]);
  }, 60_000);

  afterAll(async () => {
    expect(await server.end()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
    removeBundle(entry);
  }, 30_000);

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(server.url);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  wireSuite(() => server.url);

  it('disconnects a client that is idle in a transaction, and others go on', async () => {
    const [idle, other] = [await connect(), await connect()];
    const gone = new Promise<Error>((resolve) => idle.once('error', resolve));
    await idle.query('BEGIN; CREATE TABLE abandoned (id int)');
    const waiting = other.query<{ there: boolean }>("SELECT to_regclass('abandoned') IS NOT NULL AS there");
    expect(await gone).toMatchObject({ code: '25P03' });
    expect((await waiting).rows).toEqual([{ there: false }]);
    await other.end();
  });

  it('refuses a message beyond the bound', async () => {
    const raw = await RawClient.open(server.url);
    raw.send(Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff]));
    const refusal = await raw.next();
    expect(refusal.bytes.toString()).toContain('C54000');
    expect(refusal.bytes.toString()).toContain('at most 6291456 are taken');
  });

  it('refuses a COPY beyond the bound and keeps the connection', async () => {
    const client = await connect();
    await client.query('CREATE TEMP TABLE flood (line text)');
    const chunk = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
    await expect(copyFrom(client, 'COPY flood FROM STDIN', Array(9).fill(chunk))).rejects.toThrow(
      'more than 8388608 bytes of data in one COPY',
    );
    await copyFrom(client, 'COPY flood FROM STDIN', [chunk]);
    expect((await client.query('SELECT count(*)::int AS n FROM flood')).rows).toEqual([{ n: 1024 }]);
    await client.end();
  });

  it('refuses two COPY FROM STDIN in one query', async () => {
    const raw = await RawClient.open(server.url);
    raw.send(
      query('CREATE TEMP TABLE IF NOT EXISTS twice (a int); COPY twice FROM STDIN; COPY twice FROM STDIN'),
    );
    expect(await raw.until('Z')).toContain('E');
    raw.send(query('SELECT 1'));
    expect(await raw.until('Z')).toBe('TDCZ');
    raw.close();
  });

  it('ends prepared statements with their connection', async () => {
    const [client, other] = [await connect(), await connect()];
    await client.query({ name: 'mine', text: 'SELECT 1' });
    await other.query({ name: 'theirs', text: 'SELECT 2' });
    const prepared = 'SELECT count(*)::int AS n FROM pg_prepared_statements';
    expect((await other.query(prepared)).rows).toEqual([{ n: 2 }]);
    await client.end();
    const watch = await connect();
    for (let n = 2; n > 1;) n = (await watch.query<{ n: number }>(prepared)).rows[0]?.n ?? 0;
    await watch.query('DISCARD ALL');
    expect((await other.query({ name: 'theirs', text: 'SELECT 2' })).rowCount).toBe(1);
    await other.query('DEALLOCATE ALL');
    expect((await watch.query(prepared)).rows).toEqual([{ n: 0 }]);
    await Promise.all([other.end(), watch.end()]);
  });

  it("refuses the unnamed statement of an earlier batch rather than take another connection's", async () => {
    const [a, b] = [await RawClient.open(server.url), await RawClient.open(server.url)];
    a.send(message.parse('', 'SELECT 1'), Buffer.from('S\0\0\0\x04', 'latin1'));
    await a.until('Z');
    b.send(message.parse('', 'DROP TABLE reading'), Buffer.from('S\0\0\0\x04', 'latin1'));
    await b.until('Z');
    a.send(message.bind('', ''), message.execute(''), Buffer.from('S\0\0\0\x04', 'latin1'));
    expect(await a.until('Z')).toBe('EZ');
    a.close();
    b.close();
  });

  it('serves others while one client has a long line of batches waiting', async () => {
    const [greedy, other] = [await RawClient.open(server.url), await connect()];
    const batches = 400;
    let answered = 0;
    greedy.send(...Array(batches).fill(query('SELECT count(*) FROM generate_series(1, 20000)')));
    const all = (async () => {
      for (; answered < batches; answered += 1) await greedy.until('Z');
    })();
    await other.query('SELECT 1');
    expect(answered).toBeLessThan(batches);
    await all;
    greedy.close();
    await other.end();
  });

  it('writes a checkpoint when enough has been written', async () => {
    const client = await connect();
    const last = async (): Promise<string> => {
      const { rows } = await client.query<{ at: string }>(
        'SELECT redo_lsn AS at FROM pg_control_checkpoint()',
      );
      return rows[0]?.at ?? '';
    };
    const before = await last();
    await client.query('CREATE TABLE bulk AS SELECT repeat($1, 500) AS line FROM generate_series(1, 40000)', [
      'x',
    ]);
    await eventually(async () => expect(await last()).not.toBe(before));
    await client.end();
  });

  it('has hypertables, continuous aggregates and compression', async () => {
    const client = await connect();
    await client.query('CREATE TABLE sample (ts timestamptz NOT NULL, tag_id int NOT NULL, value float8)');
    await client.query("SELECT create_hypertable('sample', by_range('ts', INTERVAL '1 day'))");
    await client.query(`INSERT INTO sample SELECT t, tag, tag + extract(epoch FROM t)::bigint % 7
      FROM generate_series('2026-03-01'::timestamptz, '2026-03-03', '1 minute') t, generate_series(1, 5) tag`);
    await client.query(`CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 hour', ts) AS hour, tag_id, max(value) AS maximum, last(value, ts) AS last
      FROM sample GROUP BY 1, 2 WITH NO DATA`);
    await client.query("CALL refresh_continuous_aggregate('hourly', '2026-03-01', '2026-03-04')");
    const { rows } = await client.query('SELECT count(*)::int AS n, max(maximum) AS top FROM hourly');
    expect(rows).toEqual([{ n: 245, top: 11 }]);
    await client.query(
      "ALTER TABLE sample SET (timescaledb.compress, timescaledb.compress_segmentby = 'tag_id')",
    );
    await client.query(
      "SELECT compress_chunk(c) FROM show_chunks('sample', older_than => '2026-03-02'::timestamptz) c",
    );
    const compressed =
      "SELECT count(*)::int AS n FROM timescaledb_information.chunks WHERE hypertable_name = 'sample' AND is_compressed";
    expect((await client.query(compressed)).rows).toEqual([{ n: 1 }]);
    expect((await client.query('SELECT count(*)::int AS n FROM sample')).rows).toEqual([{ n: 14405 }]);
    await client.end();
  });
});
