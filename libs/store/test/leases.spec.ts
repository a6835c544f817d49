import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaseRepository, type LeaseAnswer, type Pool } from '../src/index';
import { describeOnPostgres, startPlainPostgres, type PlainPostgres } from './plain-postgres';
import { startTestDatabase, type TestDatabase } from './test-database';

const MINUTE = 60_000;

/** One collector as the database sees it. */
class Member {
  private readonly session = randomUUID();
  constructor(
    private readonly pool: Pool,
    readonly owner: string,
    private readonly partitions: readonly string[],
  ) {}

  round(giveUp: readonly string[] = [], ttlMs = MINUTE): Promise<LeaseAnswer> {
    const { owner, session, partitions } = this;
    return new LeaseRepository(this.pool).round({ owner, session, partitions, giveUp, ttlMs });
  }
}

const held = ({ held }: LeaseAnswer): string[] => held.map((l) => `${l.partition} ${l.epoch}`);

function rules(database: () => Pool): void {
  beforeEach(() => database().query('delete from partition_lease; delete from collector_member'));
  const member = (owner: string, ...partitions: string[]) => new Member(database(), owner, partitions);
  const runOut = (owner: string) =>
    database().query(
      `with gone as (update collector_member set expires_at = clock_timestamp() where owner = '${owner}')
       update partition_lease set expires_at = clock_timestamp() where owner = '${owner}'`,
    );
  /** As if it had lived for an hour. */
  const settled = (owner: string) =>
    database().query('update collector_member set living_since = now() - $2::interval where owner = $1', [
      owner,
      '1 hour',
    ]);

  test('who is alone takes everything, and holds it under the same epoch', async () => {
    const a = member('a', 'gate', 'network', 'town');
    expect(held(await a.round())).toEqual(['gate 1', 'network 1', 'town 1']);
    expect(await a.round()).toEqual({
      held: ['gate', 'network', 'town'].map((partition) => ({ partition, owner: 'a', epoch: 1 })),
      others: [],
      members: [],
      share: 3,
    });
  });

  test('what another holds is not taken, and he is named', async () => {
    await member('a', 'gate').round();
    expect(await member('b', 'gate').round()).toEqual({
      held: [],
      others: [{ partition: 'gate', owner: 'a', epoch: 1, runs: true }],
      members: ['a'],
      share: 1,
    });
  });

  test('what has run out is taken under the next epoch; its former holder hears of it', async () => {
    const [a, b] = [member('a', 'gate'), member('b', 'gate')];
    await a.round();
    await runOut('a');
    expect(held(await b.round())).toEqual(['gate 2']);
    expect(await a.round()).toMatchObject({
      held: [],
      others: [{ partition: 'gate', owner: 'b', epoch: 2, runs: true }],
    });
  });

  test('what has run out and nobody took goes on under the same epoch', async () => {
    const a = member('a', 'gate');
    await a.round();
    await runOut('a');
    expect(held(await a.round())).toEqual(['gate 1']);
  });

  test('a partition that was lost and won back is under an epoch of its own', async () => {
    const [a, b] = [member('a', 'gate'), member('b', 'gate')];
    await a.round();
    await runOut('a');
    await b.round();
    await runOut('b');
    expect(held(await a.round())).toEqual(['gate 3']);
  });

  test('a newcomer takes what is free, up to its share', async () => {
    const names = ['p1', 'p2', 'p3', 'p4', 'p5'];
    await member('a', 'p1', 'p2').round();
    await settled('a');
    const b = await member('b', ...names).round();
    expect(b.share).toBe(3);
    expect(b.held).toHaveLength(3);
    expect(b.others.filter((l) => l.runs).map((l) => l.partition)).toEqual(['p1', 'p2']);
  });

  test('one that holds more than its share is told so only when the newcomer has lived long enough', async () => {
    const names = ['p1', 'p2', 'p3', 'p4', 'p5'];
    const [a, b] = [member('a', ...names), member('b', ...names)];
    await a.round();
    await settled('a');
    await b.round();
    expect((await a.round()).share).toBe(5);
    await settled('b');
    expect(await a.round()).toMatchObject({ share: 2, members: ['b'] });
    expect((await b.round()).share).toBe(3);
  });

  test('nothing moves where nobody has two more than another', async () => {
    const [a, b] = [member('a', 'p1', 'p2', 'p3'), member('b', 'p1', 'p2', 'p3')];
    await a.round();
    await settled('a');
    await b.round();
    await settled('b');
    expect((await a.round(['p3'])).held).toHaveLength(2);
    expect((await b.round()).held).toHaveLength(1);
    expect([(await a.round()).share, (await b.round()).share]).toEqual([2, 2]);
  });

  test('what is given up is free, and its giver does not take it again', async () => {
    const [a, b] = [member('a', 'gate', 'town'), member('b', 'gate', 'town')];
    await a.round();
    await settled('a');
    await b.round();
    await settled('b');
    const given = await a.round(['town']);
    expect(held(given)).toEqual(['gate 1']);
    expect(given.others).toEqual([{ partition: 'town', owner: 'a', epoch: 1, runs: false }]);
    expect(held(await a.round())).toEqual(['gate 1']);
    expect(held(await b.round())).toEqual(['town 2']);
  });

  test('after everybody was away each takes its own again', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const [a, b] = [member('a', ...names), member('b', ...names)];
    await a.round();
    await settled('a');
    await b.round();
    await settled('b');
    const mine = held(await a.round(names.slice(0, 10)));
    const his = held(await b.round());
    expect([mine.length, his.length]).toEqual([10, 10]);
    await runOut('a');
    await runOut('b');
    await database().query("update collector_member set expires_at = now() + interval '1 minute'");
    expect(held(await b.round())).toEqual(his);
    expect(held(await a.round())).toEqual(mine);
  });

  test('who leaves is no member any more, and what it held is free', async () => {
    await member('a', 'gate').round();
    await new LeaseRepository(database()).leave('a');
    expect(await new LeaseRepository(database()).held()).toEqual([]);
    expect(await member('b', 'gate').round()).toMatchObject({ held: [{ epoch: 2 }], members: [] });
  });
}

describe('leases on the embedded database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database?.close());
  rules(() => database.pool);
});

describeOnPostgres('leases on PostgreSQL, each connection its own session', () => {
  let postgres: PlainPostgres;
  let pool: Pool;
  beforeAll(async () => {
    postgres = await startPlainPostgres();
    pool = postgres.pool();
  }, 60_000);
  afterAll(() => postgres?.close());
  rules(() => pool);

  /** Every version that a lease ever had, in the order of commit of its row. */
  const recordLeases = `
    create table lease_history (id bigserial, partition text, owner text, epoch bigint, at timestamptz, expires_at timestamptz);
    create function record_lease() returns trigger language plpgsql as $$ begin
      insert into lease_history (partition, owner, epoch, at, expires_at)
      values (new.partition, new.owner, new.epoch, clock_timestamp(), new.expires_at);
      return null; end $$;
    create trigger lease_is_recorded after insert or update on partition_lease
      for each row execute function record_lease()`;

  test('many at once, dying, pausing and coming back: one owner an epoch, and epochs only grow', async () => {
    await pool.query(recordLeases);
    const partitions = Array.from({ length: 7 }, (_, i) => `p${i}`);
    const ttlMs = 60;
    const errors: unknown[] = [];
    /** Owners by partition and epoch, as they were told. */
    const told = new Map<string, Set<string>>();
    const live = async (owner: string, through: Pool, seed: number): Promise<void> => {
      let random = seed;
      const next = (): number => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
      let one = new Member(through, owner, partitions);
      for (let i = 0; i < 120; i += 1) {
        try {
          const answer = await one.round([], ttlMs);
          const extra = answer.held.slice(answer.share).map((l) => l.partition);
          if (extra.length > 0) await one.round(extra.slice(0, 1), ttlMs);
          for (const { partition, epoch, owner: holder } of answer.held)
            told.set(`${partition} ${epoch}`, (told.get(`${partition} ${epoch}`) ?? new Set()).add(holder));
        } catch (error) {
          errors.push(error);
        }
        const chance = next();
        if (chance < 0.05) await sleep(ttlMs * 2);
        else if (chance < 0.1) one = new Member(through, owner, partitions);
        else if (chance < 0.12) await new LeaseRepository(through).leave(owner);
        else await sleep(chance * 10);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((owner, i) => live(owner, postgres.pool(), i + 1)));
    expect(errors).toEqual([]);
    expect([...told].filter(([, owners]) => owners.size > 1)).toEqual([]);
    const { rows } = await pool.query<{ faults: string[] | null; takeovers: number }>(`
      with h as (
        select *, lag(owner) over w as before, lag(epoch) over w as epoch_before, lag(expires_at) over w as until
        from lease_history window w as (partition by partition order by id))
      select array_agg(h::text) filter (where
          epoch < epoch_before or owner <> before and (epoch <= epoch_before or at < until)) as faults,
        count(*) filter (where owner <> before)::int as takeovers from h`);
    expect(rows[0]?.faults).toBeNull();
    expect(rows[0]?.takeovers).toBeGreaterThan(20);
  }, 60_000);
});
