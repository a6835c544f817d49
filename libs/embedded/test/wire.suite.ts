import { once } from 'node:events';
import pg from 'pg';
import { int32, query, sync } from '../src/wire/frames';
import { binaryCopy, copyFrom, message, RawClient } from './clients';
import { eventually } from './processes';

const numberOf = async (client: pg.Client, sql: string): Promise<number> =>
  Number(Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]);

/** What any PostgreSQL does on the wire and the embedded one must do alike. */
export function wireSuite(urlOf: () => string): void {
  let clients: pg.Client[] = [];

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(urlOf());
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    const client = await connect();
    await client.query('DROP TABLE IF EXISTS reading; CREATE TABLE reading (id int PRIMARY KEY, note text)');
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    clients = [];
  });

  it('keeps interleaved transactions of two connections apart', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('BEGIN');
    await a.query("INSERT INTO reading VALUES (1, 'a')");
    const other = b
      .query('BEGIN')
      .then(() => b.query("INSERT INTO reading VALUES (2, 'b')"))
      .then(() => b.query('COMMIT'));
    await a.query("INSERT INTO reading VALUES (3, 'a')");
    await a.query('ROLLBACK');
    await other;
    const { rows } = await a.query<{ id: number }>('SELECT id FROM reading ORDER BY id');
    expect(rows.map((row) => row.id)).toEqual([2]);
  });

  it('serves a pool of connections whose transactions count correctly', async () => {
    const pool = new pg.Pool({ connectionString: urlOf(), max: 5 });
    await pool.query("INSERT INTO reading VALUES (0, '0')");
    const add = async (): Promise<void> => {
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query('SELECT note FROM reading WHERE id = $1 FOR UPDATE', [0]);
      await client.query('UPDATE reading SET note = (note::int + 1)::text WHERE id = $1', [0]);
      await client.query('COMMIT');
      client.release();
    };
    await Promise.all(Array.from({ length: 40 }, add));
    expect((await pool.query<{ note: string }>('SELECT note FROM reading')).rows).toEqual([{ note: '40' }]);
    await pool.end();
  });

  it('rolls back a client that dies in mid-transaction', async () => {
    const [dying, other] = [await connect(), await connect()];
    await dying.query('BEGIN');
    await dying.query('INSERT INTO reading VALUES (1)');
    (dying as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await other.query('INSERT INTO reading VALUES (1)');
    expect(await numberOf(other, 'SELECT count(*) FROM reading')).toBe(1);
  });

  it('drops a COPY whose client dies before its end', async () => {
    const raw = await RawClient.open(urlOf());
    raw.send(query('COPY reading FROM STDIN'));
    await raw.until('G');
    raw.send(message.copyData('1\tx\n'));
    raw.close();
    const other = await connect();
    await other.query('INSERT INTO reading VALUES (1)');
    expect(await numberOf(other, 'SELECT count(*) FROM reading')).toBe(1);
  });

  it('keeps prepared statements of one name on two connections apart', async () => {
    const [a, b] = [await connect(), await connect()];
    const one = { name: 'same', text: 'SELECT $1::int + 1 AS n' };
    const two = { name: 'same', text: "SELECT $1::text || '!' AS n" };
    for (let round = 0; round < 3; round += 1) {
      expect((await a.query<{ n: number }>({ ...one, values: [round] })).rows).toEqual([{ n: round + 1 }]);
      expect((await b.query<{ n: string }>({ ...two, values: ['x'] })).rows).toEqual([{ n: 'x!' }]);
    }
  });

  it('takes COPY FROM in text and binary and gives COPY TO', async () => {
    const client = await connect();
    await copyFrom(client, 'COPY reading (id, note) FROM STDIN', [
      Buffer.from('1\tone\n2'),
      Buffer.from('\t\\N\n'),
    ]);
    const rows = [[3, '管存'] as const, [4, null] as const];
    await copyFrom(client, 'COPY reading FROM STDIN (FORMAT binary)', [binaryCopy(rows)]);
    const { rows: found } = await client.query('SELECT * FROM reading ORDER BY id');
    expect(found).toEqual([
      { id: 1, note: 'one' },
      { id: 2, note: null },
      { id: 3, note: '管存' },
      { id: 4, note: null },
    ]);
    const raw = await RawClient.open(urlOf());
    raw.send(query('COPY (SELECT id FROM reading ORDER BY id LIMIT 2) TO STDOUT'));
    expect(await raw.until('Z')).toBe('HddcCZ');
    raw.close();
  });

  it('refuses bad COPY data and goes on', async () => {
    const client = await connect();
    await expect(copyFrom(client, 'COPY reading FROM STDIN', [Buffer.from('x\ty\n')])).rejects.toMatchObject({
      code: '22P02',
    });
    await expect(copyFrom(client, 'COPY nowhere FROM STDIN', [])).rejects.toMatchObject({ code: '42P01' });
    await copyFrom(client, 'COPY reading FROM STDIN', [Buffer.from('1\ty\n')]);
    expect(await numberOf(client, 'SELECT count(*) FROM reading')).toBe(1);
  });

  it('takes COPY FROM in the extended protocol, in a transaction', async () => {
    const raw = await RawClient.open(urlOf());
    raw.send(query('BEGIN'));
    await raw.until('Z');
    raw.send(message.parse('', 'COPY reading FROM STDIN'), message.bind('', ''), message.execute(''), sync());
    expect(await raw.until('G')).toBe('12G');
    raw.send(message.copyData('7\tseven\n'), message.copyDone(), sync());
    expect(await raw.until('Z')).toBe('CZ');
    raw.send(query('COMMIT'));
    await raw.until('Z');
    raw.close();
    expect(await numberOf(await connect(), 'SELECT id FROM reading')).toBe(7);
  });

  it('brings notifications to those who listen, and to nobody else', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    const heard: string[] = [];
    for (const [name, client] of Object.entries({ a, b, c })) {
      client.on('notification', ({ channel, payload }) => heard.push(`${name}:${channel}:${payload}`));
    }
    await a.query('LISTEN alarm');
    await b.query('LISTEN "Alarm"; LISTEN alarm');
    await c.query('BEGIN; LISTEN alarm; ROLLBACK');
    await c.query("NOTIFY alarm, 'one'");
    await c.query("BEGIN; NOTIFY alarm, 'never'; ROLLBACK");
    await c.query('SELECT pg_notify($1, $2)', ['Alarm', 'two']);
    await b.query('UNLISTEN alarm');
    await c.query("NOTIFY alarm, 'three'");
    await b.query('NOTIFY "Alarm", \'four\'');
    await eventually(() => expect(heard).toHaveLength(5));
    expect(heard.filter((line) => line.startsWith('a'))).toEqual(['a:alarm:one', 'a:alarm:three']);
    expect(heard.filter((line) => line.startsWith('b'))).toEqual([
      'b:alarm:one',
      'b:Alarm:two',
      'b:Alarm:four',
    ]);
  });

  it('goes on after a failing statement, simple and extended', async () => {
    const client = await connect();
    await expect(client.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('SELECT 1/$1::int', [0])).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('SELEC $1', [0])).rejects.toMatchObject({ code: '42601' });
    await expect(client.query({ name: 'bad', text: 'SELECT nothing' })).rejects.toMatchObject({
      code: '42703',
    });
    expect(await numberOf(client, 'SELECT 5')).toBe(5);
  });

  it('refuses further statements of a failed transaction until it is rolled back', async () => {
    const [client, other] = [await connect(), await connect()];
    await client.query('BEGIN');
    await client.query('INSERT INTO reading VALUES (1)');
    await expect(client.query('SELECT $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    expect(await numberOf(other, 'SELECT count(*) FROM reading')).toBe(0);
  });

  it('answers pipelined batches in order, each failing for itself', async () => {
    const raw = await RawClient.open(urlOf());
    const batch = (sql: string): Buffer =>
      Buffer.concat([message.parse('', sql), message.bind('', ''), message.execute(''), sync()]);
    raw.send(batch('SELECT 1'), batch('SELECT 1/0'), query('SELECT 2'), batch('SELECT 3'));
    expect(await raw.until('Z', 4)).toMatch(/^12DCZ12?EZTDCZ12DCZ$/);
    raw.close();
  });

  it('answers a Flush and keeps the batch open until Sync', async () => {
    const raw = await RawClient.open(urlOf());
    raw.send(message.parse('s', "INSERT INTO reading VALUES (1, 'open')"), message.bind('p', 's'));
    raw.send(message.execute('p'), message.flush());
    expect(await raw.until('C')).toBe('12C');
    const other = await connect();
    const counted = numberOf(other, 'SELECT count(*) FROM reading');
    raw.send(message.parse('', 'SELECT 1/0'), message.bind('', ''), message.execute(''), sync());
    expect(await raw.until('Z')).toMatch(/^12?EZ$/);
    // The failure undid the whole batch, the flushed insert included.
    expect(await counted).toBe(0);
    raw.close();
  });

  it('declines encryption and survives a cancel request', async () => {
    const socket = await RawClient.dial(urlOf());
    socket.write(Buffer.concat([int32(8), int32(80877103)]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('N');
    socket.destroy();
    const cancel = await RawClient.dial(urlOf());
    const closed = once(cancel, 'close');
    cancel.resume();
    cancel.write(Buffer.concat([int32(16), int32(80877102), int32(1), int32(0)]));
    await closed;
    expect(await numberOf(await connect(), 'SELECT 1')).toBe(1);
  });

  it('refuses a malformed message and closes that connection only', async () => {
    const raw = await RawClient.open(urlOf());
    raw.send(Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]));
    await eventually(() => expect(raw.ended).toBe(true));
    expect(await numberOf(await connect(), 'SELECT 1')).toBe(1);
  });

  it('carries results and parameters of several megabytes', async () => {
    const client = await connect();
    const note = '气'.repeat(1_000_000);
    await client.query('INSERT INTO reading VALUES ($1, $2)', [1, note]);
    const { rows } = await client.query<{ note: string }>('SELECT note FROM reading');
    expect(rows[0]?.note === note).toBe(true);
  });
}
