import { randomUUID } from 'node:crypto';
import type { Micros, TagId } from '@linepack/network';
import { qualityOf, type Sample } from '@linepack/telemetry';
import {
  AlarmRepository,
  AuditRepository,
  ConfigRepository,
  LeaseRepository,
  SampleWriter,
  SessionRepository,
  UserRepository,
  inTransaction,
  type Pool,
} from '../src/index';
import { T0, alarm, entry } from './alarm-examples';
import { exampleNetwork } from './example-network';
import { describeOnPostgres, startPlainPostgres, type PlainPostgres } from './plain-postgres';

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describeOnPostgres('writers at the same time, each connection its own session', () => {
  let postgres: PlainPostgres;
  let pool: Pool;
  let other: Pool;
  beforeAll(async () => {
    postgres = await startPlainPostgres();
    pool = postgres.pool();
    other = postgres.pool();
  }, 60_000);
  afterAll(() => postgres?.close());

  test('two journals: seq is the order of commit, and a reader of what came since never misses one', async () => {
    // Every other commit is slow, so that a number taken early would become visible late.
    await pool.query(`
      create function commit_slowly() returns trigger language plpgsql as $$
        begin perform pg_sleep(0.01); return null; end $$;
      create constraint trigger slow_commit after insert on alarm_event deferrable initially deferred
        for each row when (new.partition = 'slow') execute function commit_slowly()`);
    const written = new Set<number>();
    const write = async (partition: string, journal: AlarmRepository): Promise<void> => {
      for (const i of count(60)) {
        const pair = ['H', 'L'].map((c) => entry(alarm(`tag:${partition}.p${i}:${c}`, { partition })));
        for (const { seq } of await journal.append(pair)) written.add(seq);
      }
    };
    let writing = true;
    const writers = Promise.all([
      write('slow', new AlarmRepository(pool)),
      write('fast', new AlarmRepository(other)),
    ]).finally(() => (writing = false));
    const reader = new AlarmRepository(postgres.pool());
    const read: number[] = [];
    for (let last = false; !last;) {
      last = !writing;
      const fresh = await reader.eventsAfter(read.at(-1) ?? 0, { limit: 1_000 });
      read.push(...fresh.map((e) => e.seq as number));
    }
    await writers;
    expect(read).toEqual(count(240).map((i) => i + 1));
    expect(written.size).toBe(240);
  });

  test('a sign-in with the old password while it is being changed opens nothing', async () => {
    const users = new UserRepository(pool);
    const sessions = new SessionRepository(other);
    await users.save({ userName: 'zhao', displayName: '赵强', role: 'viewer', stations: null }, 'old');
    const [own, late] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const account = { userName: 'zhao', passwordHash: 'old' };
    const opening = await inTransaction(pool, async (client) => {
      await new UserRepository(client).changePassword('zhao', { from: 'old', to: 'new' }, own);
      const pending = sessions.create(late, account, T0, (T0 + 1) as Micros);
      // It waits for the change: nothing but its end can answer it.
      await Promise.race([pending, pool.query('select pg_sleep(0.2)')]);
      return { pending };
    });
    expect(await opening.pending).toBe(false);
    expect(await sessions.find(late, T0)).toBeNull();
  });

  test('one event appended by two at once is one line of the journal', async () => {
    for (const i of count(20)) {
      const same = [entry(alarm(`tag:gate.same${i}:H`))];
      const [a, b] = await Promise.all(
        [pool, other].map((through) => new AlarmRepository(through).append(same)),
      );
      expect(a).toEqual(b);
    }
  });

  test('an owner who writes while another takes over: either the successor reads it, or it is evidence', async () => {
    const leases = new LeaseRepository(pool);
    const successors = new LeaseRepository(other);
    const outcomes = new Set<string>();
    for (const round of count(60)) {
      const partition = `handed-${round}`;
      const request = { session: randomUUID(), partitions: [partition], giveUp: [], ttlMs: 60_000 };
      await leases.round({ ...request, owner: 'a' });
      await leases.leave('a');
      const late = entry(alarm(`tag:${partition}.p:H`, { partition }));
      const [read] = await Promise.all([
        successors.round({ ...request, owner: 'b' }).then(() => new AlarmRepository(other).states(partition)),
        new AlarmRepository(pool).append([late]),
      ]);
      const [event] = await new AlarmRepository(pool).newestEvents({ alarmId: late.event.alarmId, limit: 1 });
      expect(await new AlarmRepository(pool).states(partition)).toEqual(read);
      expect(read.length).toBe(event?.superseded ? 0 : 1);
      outcomes.add(event?.superseded ? 'evidence' : 'read');
      await successors.leave('b');
    }
    expect(outcomes).toEqual(new Set(['evidence', 'read']));
  });

  test('who takes over does not wait for an owner that was suspended in the middle of a transaction', async () => {
    const suspended = await postgres.pool({ idleInTransactionMs: 200 }).connect();
    suspended.on('error', () => undefined);
    const request = { session: randomUUID(), partitions: ['stuck'], giveUp: [], ttlMs: 1 };
    await new LeaseRepository(pool).round({ ...request, owner: 'a' });
    await suspended.query('begin');
    await suspended.query('select last from alarm_seq for update');
    await suspended.query("select epoch from partition_lease where partition = 'stuck' for share");
    const { held } = await new LeaseRepository(other).round({ ...request, owner: 'b' });
    expect(held).toMatchObject([{ owner: 'b', epoch: 2 }]);
    await new AlarmRepository(other).append([entry(alarm('tag:stuck.p:H', { partition: 'stuck' }), 2)]);
    suspended.release(true);
  }, 20_000);

  test('two who audit make one chain, and a transaction that was rolled back leaves no gap in it', async () => {
    const line = (actor: string) => ({
      actor,
      address: null,
      action: 'test',
      target: null,
      old: null,
      new: 1,
    });
    const write = async (actor: string, db: Pool): Promise<number[]> => {
      const ids: number[] = [];
      for (const i of count(40)) {
        const client = await db.connect();
        await client.query('begin');
        const id = await new AuditRepository(client).append(line(actor));
        await client.query(i % 5 === 0 ? 'rollback' : 'commit');
        client.release();
        if (i % 5 !== 0) ids.push(id);
      }
      return ids;
    };
    const ids = (await Promise.all([write('a', pool), write('b', other)])).flat();
    expect(ids.sort((a, b) => a - b)).toEqual(count(64).map((i) => i + 1));
    expect(await new AuditRepository(pool).verifyChain()).toEqual({ intact: true, events: 64 });
  });

  test('the same samples from two collectors, in opposite order, are stored once', async () => {
    const samples = count(3_000).map((i): Sample => ({
      tagId: i as TagId,
      ts: T0,
      quality: qualityOf(0),
      value: i,
    }));
    for (const round of count(5)) {
      const batch = samples.map((s) => ({ ...s, ts: (T0 + round * 1_000_000) as Micros }));
      const [a, b] = await Promise.all([
        new SampleWriter(pool).write(batch),
        new SampleWriter(other).write(batch.toReversed()),
      ]);
      expect([a.inserted + b.inserted, a.known + b.known]).toEqual([3_000, 3_000]);
    }
  });

  test('two imports of one file: the second finds nothing to change', async () => {
    const changes = await Promise.all(
      [pool, other].map((through) =>
        new ConfigRepository(through).importNetwork(exampleNetwork(), { changedBy: 'test' }),
      ),
    );
    expect(changes.map((c) => c.length > 0).sort()).toEqual([false, true]);
  });

  test.each(['alarm_event', 'audit_event', 'loss_result'])('%s can only grow', async (table) => {
    if (table === 'loss_result')
      await pool.query(
        `insert into loss_result (area_id, gas_day, version, from_ts, to_ts, computed_at, limit_percent, verdict, reasons,
           completeness_percent, lines, line_pack, inputs, config_versions, algorithm)
         select id, '2026-03-01', 1, now(), now(), now(), 1, 'within', '{}', 100, '[]', '[]', '{}', '{}', 'test'
         from area limit 1`,
      );
    const rows = async (): Promise<unknown[]> => (await pool.query(`select * from ${table}`)).rows;
    const before = await rows();
    expect(before.length).toBeGreaterThan(0);
    const column = { alarm_event: 'actor', audit_event: 'actor', loss_result: 'algorithm' }[table];
    for (const sql of [`update ${table} set ${column} = 'x'`, `delete from ${table}`, `truncate ${table}`])
      await expect(pool.query(sql)).rejects.toMatchObject({
        message: `${table} is append-only`,
        code: '23001',
      });
    expect(await rows()).toEqual(before);
  });
});
