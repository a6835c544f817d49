import { jest } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AlarmRepository, LeaseRepository } from '@linepack/store';
import { verify } from '../src/alarm/verify';
import { House, spawnCollector, until } from './house';
import { OpcUaPlant } from './opcua-plant';
import { seeded } from './seeded';

/** How often a collector is killed. Set LINEPACK_KILLS for a longer run; then the time without an owner counts, too. */
const KILLS = Number(process.env['LINEPACK_KILLS'] ?? 2);
const MOST_UNOWNED_S = 10;
const PARTITIONS = ['gate', 'network', 'regulator'];

jest.setTimeout(120_000 + KILLS * 60_000);

const house = new House();
let plant: OpcUaPlant;
const collectors = new Map<string, ChildProcess>();
beforeAll(async () => {
  plant = await OpcUaPlant.start(house.folder, ['P', 'T']);
  // Nobody listens on port 1: only the OPC UA server is needed here.
  await house.open({ opcua: plant.url, mqtt: 'mqtt://127.0.0.1:1' });
});
afterAll(async () => {
  for (const child of collectors.values()) child.kill('SIGKILL');
  await plant.stop();
  await house.close();
});

const start = (name: string) =>
  collectors.set(name, spawnCollector({ ...house.env, LINEPACK_DATA: join(house.folder, name) }));
const kill = async (name: string): Promise<void> => {
  const child = collectors.get(name) as ChildProcess;
  const died = once(child, 'exit');
  child.kill('SIGKILL');
  await died;
};
/** Whether so many collectors hold all partitions between them. */
const heldBy = (owners: number) => async (): Promise<boolean> => {
  const held = await new LeaseRepository(house.pool).held();
  return held.length === PARTITIONS.length && new Set(held.map((l) => l.owner)).size === owners;
};

/** Whether all is owned and both live, the one that was killed last in its new life. */
const bothLive = async (): Promise<boolean> => {
  const { rows } = await house.pool.query<{ living: number; anew: boolean }>(
    `select count(*)::int as living,
       bool_or(living_since > (select coalesce(max(at), '-infinity') from kill_history)) as anew
     from collector_member where expires_at > clock_timestamp()`,
  );
  const held = await new LeaseRepository(house.pool).held();
  return held.length === PARTITIONS.length && rows[0]?.living === 2 && rows[0].anew;
};

/** Every version a lease ever has, and every kill, on the database's clock. */
const record = () =>
  house.pool.query(`
    create table lease_history (id bigserial, partition text, owner text, epoch bigint, at timestamptz, until timestamptz);
    create table kill_history (at timestamptz);
    create function record_lease() returns trigger language plpgsql as $$ begin
      insert into lease_history (partition, owner, epoch, at, until)
      values (new.partition, new.owner, new.epoch, clock_timestamp(), new.expires_at);
      return null; end $$;
    create trigger lease_is_recorded after insert or update on partition_lease
      for each row execute function record_lease()`);

/** For each kill and partition, how long it took until a living collector held it (again), s. */
const unowned = async (): Promise<number[]> => {
  const { rows } = await house.pool.query<{ seconds: number }>(
    `
    select extract(epoch from (select min(at) from lease_history h where h.partition = p and h.at > k.at) - k.at)::float8
      as seconds
    from kill_history k, unnest($1::text[]) p`,
    [PARTITIONS],
  );
  return rows.map((r) => r.seconds);
};

test('two collectors, one of them killed again and again: one owner, each event once, table as the journal', async () => {
  const random = seeded(7);
  await record();
  start('first');
  start('second');
  await until('both live, and all is owned', bothLive);
  let high = false;
  const swinging = setInterval(() => {
    high = !high;
    plant.set('P', high ? 4.5 : 3);
  }, 700);
  try {
    for (let i = 0; i < KILLS; i += 1) {
      const name = random() < 0.5 ? 'first' : 'second';
      await house.pool.query('insert into kill_history values (clock_timestamp())');
      await kill(name);
      // Started again at once, as the launcher does; or so late that the other has taken over.
      if (random() < 0.5) await sleep(random() * 1_500);
      else await until('the other has all', heldBy(1));
      start(name);
      await until('both live, and all is owned', bothLive);
      await sleep(random() * 3_000);
    }
  } finally {
    clearInterval(swinging);
  }
  plant.set('P', 4.5);
  const alarms = new AlarmRepository(house.pool);
  await until('the alarm stands', async () => (await alarms.find('tag:gate.p:H'))?.active);

  const events = await alarms.eventsAfter(0, { alarmId: 'tag:gate.p:H', limit: 10_000 });
  const said = events.filter((e) => !e.superseded).map((e) => `${e.kind} ${e.occurrence}`);
  const expected = said.map((_, i) => `${i % 2 === 0 ? 'raised' : 'returned'} ${Math.floor(i / 2) + 1}`);
  expect(said).toEqual(expected);
  const lines: string[] = [];
  const parts = { alarms, leases: new LeaseRepository(house.pool), copy: () => null };
  expect(await verify({ ...parts, print: (line) => lines.push(line) })).toBe(0);

  const { rows } = await house.pool.query<{ faults: string[] | null }>(`
    with h as (
      select *, lag(owner) over w as before, lag(epoch) over w as epoch_before, lag(until) over w as until_before
      from lease_history window w as (partition by partition order by id))
    select array_agg(h::text) filter (where epoch < epoch_before
      or owner <> before and (epoch <= epoch_before or at < until_before)) as faults from h`);
  expect(rows[0]?.faults).toBeNull();
  const gaps = await unowned();
  process.stderr.write(
    `${KILLS} kills: ${said.length} events, ${events.length - said.length} of them evidence, ` +
      `a partition unowned for at most ${Math.max(...gaps).toFixed(1)} s\n`,
  );
  if (process.env['LINEPACK_KILLS']) expect(Math.max(...gaps)).toBeLessThan(MOST_UNOWNED_S);
});
