import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import pg from 'pg';
import { copyFrom } from './clients';
import type { ServerProcess } from './processes';
import { bundle, eventually, removeBundle, startProcess, temporaryFolder } from './processes';

const connectTo = async ({ url }: ServerProcess): Promise<pg.Client> => {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

describe('the database process', () => {
  let entry: string;
  let folder: string;

  beforeAll(async () => {
    entry = await bundle('../src/database-process.ts');
  });
  afterAll(() => removeBundle(entry));
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has every acknowledged row after kill -9 during inserts, and opens in spite of the stale lock', async () => {
    let acknowledged = 0;
    let server = await startProcess(entry, [folder]);
    const setup = await connectTo(server);
    await setup.query('CREATE TABLE kept (id int PRIMARY KEY)');
    for (let round = 0; round < 2; round += 1) {
      const client = await connectTo(server);
      const until = acknowledged + 120;
      const inserting = (async () => {
        for (let id = acknowledged + 1; ; id += 1) {
          await client.query('INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING', [id]);
          acknowledged = id;
        }
      })().catch((error: Error) => error);
      await eventually(() => expect(acknowledged).toBeGreaterThan(until), 30_000);
      expect(await server.end('SIGKILL')).toBe('SIGKILL');
      await inserting;
      server = await startProcess(entry, [folder]);
      const check = await connectTo(server);
      const { rows } = await check.query('SELECT count(*)::int AS n FROM kept WHERE id <= $1', [
        acknowledged,
      ]);
      expect(rows).toEqual([{ n: acknowledged }]);
      await check.end();
    }
    expect(await server.end()).toBe(0);
  }, 90_000);

  it('says in one line who holds the folder', async () => {
    const server = await startProcess(entry, [folder]);
    const held = `database: ${folder} is in use by process ${server.child.pid} (${server.url})`;
    await expect(startProcess(entry, [folder])).rejects.toThrow(held);
    expect(await server.end()).toBe(0);
    // A lock of a process id that lives, but began at another time, is stale.
    const lock = join(folder, 'database.lock');
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'another boot 1', note: '' }));
    const next = await startProcess(entry, [folder]);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: next.child.pid });
    expect(await next.end()).toBe(0);
  }, 60_000);

  it('says that its port is taken, and gives the folder back', async () => {
    const another = temporaryFolder();
    const other = await startProcess(entry, [another]);
    await expect(startProcess(entry, [folder, String(other.port)])).rejects.toThrow('EADDRINUSE');
    const server = await startProcess(entry, [folder]);
    expect([await server.end(), await other.end()]).toEqual([0, 0]);
    rmSync(another, { recursive: true });
  }, 60_000);

  it('ignores SIGINT and stops in order when the launcher is gone', async () => {
    const server = await startProcess(entry, [], { LINEPACK_DATA: folder });
    server.child.kill('SIGINT');
    const client = await connectTo(server);
    await client.query('CREATE TABLE kept AS SELECT 1 AS id');
    await client.query('BEGIN; INSERT INTO kept VALUES (2)');
    server.child.stdin?.end();
    const [code] = (await once(server.child, 'exit')) as [number];
    expect([code, server.errors()]).toEqual([0, '']);
    const again = await startProcess(entry, [], { LINEPACK_DATA: folder });
    const check = await connectTo(again);
    expect((await check.query('SELECT * FROM kept')).rows).toEqual([{ id: 1 }]);
    await check.end();
    expect(await again.end()).toBe(0);
  }, 60_000);

  it('keeps its memory flat under a steady load', async () => {
    const server = await startProcess(entry, [folder]);
    const [writer, reader] = [await connectTo(server), await connectTo(server)];
    await writer.query('CREATE TABLE sample (ts bigint, tag_id int, value float8)');
    const residentMb = (): number => {
      const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'));
      return Number(line?.[1]) / 1024;
    };
    const batch = Buffer.from(
      Array.from({ length: 5_000 }, (_, n) => `${n}\t${n % 250}\t${n * 0.5}\n`).join(''),
    );
    const load = async (milliseconds: number): Promise<void> => {
      const end = Date.now() + milliseconds;
      while (Date.now() < end) {
        await copyFrom(writer, 'COPY sample FROM STDIN', [batch]);
        await reader.query('SELECT * FROM sample LIMIT $1', [2_000]);
        await writer.query('TRUNCATE sample');
        await sleep(1);
      }
    };
    await load(5_000);
    const before = residentMb();
    await load(15_000);
    // Keeping every parsed message (execProtocolRaw) would add some hundred megabytes here.
    expect(residentMb() - before).toBeLessThan(100);
    await Promise.all([writer.end(), reader.end()]);
    expect(await server.end()).toBe(0);
  }, 90_000);
});

describe('the bus process', () => {
  it('keeps retained messages, delivers QoS 1 and leaves with its launcher', async () => {
    const entry = await bundle('../src/bus-process.ts');
    const bus = await startProcess(entry, []);
    const publisher = await mqtt.connectAsync(`mqtt://127.0.0.1:${bus.port}`);
    await publisher.publishAsync('linepack/state', 'kept', { qos: 1, retain: true });
    const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${bus.port}`);
    const received: string[] = [];
    subscriber.on('message', (topic, payload, { qos, retain }) =>
      received.push(`${topic} ${payload} ${qos} ${retain}`),
    );
    await subscriber.subscribeAsync('linepack/#', { qos: 1 });
    await publisher.publishAsync('linepack/live', 'now', { qos: 1 });
    await eventually(() =>
      expect(received).toEqual(['linepack/state kept 1 true', 'linepack/live now 1 false']),
    );
    await Promise.all([publisher.endAsync(true), subscriber.endAsync(true)]);
    bus.child.stdin?.end();
    expect(await bus.end()).toBe(0);
    removeBundle(entry);
  }, 30_000);
});
