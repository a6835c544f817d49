import type { LossResult, User } from '@linepack/contracts';
import type { AreaId, GasDay, MeterId, Micros, SourceId } from '@linepack/network';
import {
  AuditRepository,
  ConfigRepository,
  CoverageRepository,
  JobStateRepository,
  LossRepository,
  MeterHourRepository,
  SessionRepository,
  UserRepository,
  type MeterHourRecord,
} from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await new ConfigRepository(database.pool).importNetwork(exampleNetwork(), { changedBy: 'test' });
}, 60_000);
afterAll(() => database?.close());

const T0 = 1_763_780_000_000_001 as Micros;
const plus = (us: number): Micros => (T0 + us) as Micros;

describe('loss', () => {
  const area = 'level-1' as AreaId;
  const day = (d: number): GasDay => `2026-03-0${d}` as GasDay;
  const {
    version: _v,
    provisional: _p,
    ...closed
  } = {
    areaId: area,
    gasDay: day(1),
    version: 0,
    provisional: false,
    from: T0,
    to: plus(86_400e6),
    computedAt: plus(90_000e6),
    input: 500_000.1,
    output: null,
    ownUse: 0,
    vent: 0,
    linePackStart: 263_243,
    linePackEnd: 238_377,
    loss: 5_000,
    lossPercent: 1.0000001,
    limitPercent: 1,
    u95Percent: null,
    verdict: 'breach',
    reasons: ['x', 'y'],
    completenessPercent: 100,
    lines: [
      {
        meterId: 'gate.m-1',
        name: { zh: '表', en: 'M' },
        role: 'input',
        volume: 1,
        start: { ts: T0, reading: 1 },
        end: null,
        measuredPercent: 100,
        remarks: [],
      },
    ],
    linePack: [{ pipeId: 'trunk', name: { zh: '管', en: 'P' }, start: 1, end: 2 }],
    algorithm: 'a1',
    configVersions: { 'meter:gate.m-1': 1 },
  } satisfies LossResult;

  it('keeps every calculation of a day as a version, with what it was computed from', async () => {
    const loss = new LossRepository(database.pool);
    const first = await loss.save(closed, { readings: [1, 2] });
    expect(first).toEqual({ ...closed, version: 1, provisional: false });
    const second = await loss.save({ ...closed, loss: 4_000, verdict: 'within' }, null);
    await loss.save({ ...closed, gasDay: day(2) }, null);
    expect(await loss.result(area, day(1))).toEqual(second);
    expect(await loss.versions(area, day(1))).toEqual([second, first]);
    expect(await loss.inputs(area, day(1), 1)).toEqual({ readings: [1, 2] });
    expect((await loss.newest(day(1), day(2))).map((c) => [c.gasDay, c.version, c.loss])).toEqual([
      [day(1), 2, 4_000],
      [day(2), 1, 5_000],
    ]);
    expect(await loss.newest(day(1), day(2), ['other' as AreaId])).toEqual([]);
    expect(await loss.lastClosed()).toMatchObject(new Map([[area, { day: day(2) }]]));
    expect(await loss.result(area, day(9))).toBeNull();
  });

  it('cannot be changed afterwards', async () => {
    for (const sql of ['update loss_result set loss = 0', 'delete from loss_result', 'truncate loss_result'])
      await expect(database.pool.query(sql)).rejects.toThrow(/loss_result is append-only/);
  });

  it('overwrites the running day', async () => {
    const loss = new LossRepository(database.pool);
    const running = { ...closed, version: 0, provisional: true };
    await loss.saveProvisional(running);
    await loss.saveProvisional({ ...running, loss: 7 });
    expect(await loss.provisional()).toEqual([{ ...running, loss: 7 }]);
  });
});

describe('hourly records', () => {
  const record = (more: Partial<MeterHourRecord> = {}): MeterHourRecord => ({
    meterId: 'gate.m-1' as MeterId,
    from: T0,
    to: plus(3_600e6),
    raw: 10,
    volume: 120.5,
    factor: 12.05,
    readings: { start: { ts: T0, reading: 1 }, end: null },
    measuredS: 3_600,
    substitutedS: 0,
    estimatedS: 0,
    flags: ['rollover'],
    configVersion: 1,
    configVersions: { 'meter:gate.m-1': 1 },
    algorithm: 'a1',
    computedAt: plus(4_000e6),
    ...more,
  });

  it('get a new revision by every recalculation that changed something', async () => {
    const hours = new MeterHourRepository(database.pool);
    const next = record({ from: plus(3_600e6), to: plus(7_200e6), volume: null, flags: [] });
    await hours.save([record(), next]);
    await hours.save([record({ computedAt: plus(5_000e6) })]);
    await hours.save([record({ volume: 121 })]);
    expect(await hours.newest(['gate.m-1' as MeterId], T0, plus(7_200e6))).toEqual([
      { ...record({ volume: 121 }), revision: 2 },
      { ...next, revision: 1 },
    ]);
    expect(await hours.newest(['gate.m-1' as MeterId], plus(1), plus(3_600e6))).toEqual([]);
  });
});

describe('coverage of sources', () => {
  it('is one unbroken row of intervals', async () => {
    const coverage = new CoverageRepository(database.pool);
    const plc = 'plc' as SourceId;
    await coverage.record(plc, T0, 'connected');
    await coverage.record(plc, plus(5), 'connected');
    await coverage.record(plc, plus(10), 'disconnected');
    await coverage.record(plc, plus(3), 'connected');
    await coverage.record(plc, plus(20), 'connected');
    expect(await coverage.between([plc], plus(10), plus(100))).toEqual([
      { sourceId: plc, from: plus(10), to: plus(20), state: 'disconnected' },
      { sourceId: plc, from: plus(20), to: null, state: 'connected' },
    ]);
    expect(await coverage.current()).toEqual([
      { sourceId: plc, from: plus(20), to: null, state: 'connected' },
    ]);
  });
});

describe('people', () => {
  const chief: User = { userName: 'station1', displayName: '站长', role: 'stationChief', stations: ['gate'] };
  const token = (n: number): Buffer => Buffer.alloc(32, n);

  it('have accounts', async () => {
    const users = new UserRepository(database.pool);
    expect(await users.count()).toBe(0);
    expect(await users.addIfAbsent(chief, 'h1')).toBe(true);
    expect(await users.addIfAbsent({ ...chief, displayName: 'other' }, 'h2')).toBe(false);
    await users.save({ userName: 'viewer', displayName: 'V', role: 'viewer', stations: null }, 'h3');
    expect(await users.find('station1')).toEqual({ user: chief, passwordHash: 'h1', disabled: false });
    expect(await users.find('nobody')).toBeNull();
    expect((await users.list()).map((u) => u.userName)).toEqual(['station1', 'viewer']);
  });

  const account = { userName: 'station1', passwordHash: 'h1' };

  it('have sessions that end: by time, by leaving, and with their account', async () => {
    const users = new UserRepository(database.pool);
    const sessions = new SessionRepository(database.pool);
    for (const n of [1, 2, 3]) await sessions.create(token(n), account, T0, plus(100));
    expect(await sessions.find(token(1), plus(99))).toEqual({
      user: chief,
      createdAt: T0,
      expiresAt: plus(100),
    });
    expect(await sessions.find(token(1), plus(100))).toBeNull();
    await sessions.touch(token(1), plus(99), plus(200));
    expect((await sessions.find(token(1), plus(100)))?.expiresAt).toBe(plus(200));
    await sessions.end(token(2));
    expect(await sessions.find(token(2), T0)).toBeNull();
    expect(await sessions.removeExpired(plus(150))).toBe(1);
    expect(await sessions.create(token(4), { ...account, passwordHash: 'h2' }, T0, plus(100))).toBe(false);
    await users.disable('station1');
    expect(await sessions.create(token(4), account, T0, plus(100))).toBe(false);
    expect(await sessions.find(token(1), plus(150))).toBeNull();
    expect((await users.find('station1'))?.disabled).toBe(true);
  });
});

describe('a change of password', () => {
  const account = { userName: 'zhao', passwordHash: 'old' };
  const own = Buffer.alloc(32, 21);
  const other = Buffer.alloc(32, 22);

  it('ends the other sessions with it: both or neither', async () => {
    const users = new UserRepository(database.pool);
    const sessions = new SessionRepository(database.pool);
    await users.save({ userName: 'zhao', displayName: '赵强', role: 'dispatcher', stations: null }, 'old');
    for (const token of [own, other]) await sessions.create(token, account, T0, plus(100));
    await database.pool.query(
      `create trigger session_cannot_end before delete on session for each row execute function refuse_change()`,
    );
    await expect(users.changePassword('zhao', { from: 'old', to: 'new' }, own)).rejects.toThrow();
    expect((await users.find('zhao'))?.passwordHash).toBe('old');
    await database.pool.query('drop trigger session_cannot_end on session');
    expect(await users.changePassword('zhao', { from: 'old', to: 'new' }, own)).toBe(true);
    expect((await users.find('zhao'))?.passwordHash).toBe('new');
    expect(await sessions.find(other, T0)).toBeNull();
    expect(await sessions.find(own, T0)).not.toBeNull();
  });

  it('is none when another came first', async () => {
    const users = new UserRepository(database.pool);
    expect(await users.changePassword('zhao', { from: 'old', to: 'later' }, own)).toBe(false);
    expect((await users.find('zhao'))?.passwordHash).toBe('new');
  });
});

describe('the audit', () => {
  const entry = (action: string) => ({
    actor: 'chief',
    address: '::1',
    action,
    target: 'tag:gate.pt-1:L',
    old: null,
    new: { b: 1, a: ['压力', 0.1] },
  });

  it('lists what was done, newest first', async () => {
    const audit = new AuditRepository(database.pool);
    expect(await audit.verifyChain()).toEqual({ intact: true, events: 0 });
    for (const action of ['one', 'two', 'three']) await audit.append(entry(action));
    expect((await audit.list({ limit: 2 })).map((e) => e.action)).toEqual(['three', 'two']);
    expect(await audit.list({ limit: 9, before: 2 })).toMatchObject([{ id: 1, ...entry('one') }]);
    expect(await audit.verifyChain()).toEqual({ intact: true, events: 3 });
  });

  it('cannot be changed', async () => {
    for (const sql of [
      'update audit_event set actor = $$x$$',
      'delete from audit_event',
      'truncate audit_event',
    ])
      await expect(database.pool.query(sql)).rejects.toThrow(/audit_event is append-only/);
  });

  it('shows it when somebody who could switch the triggers off did change it', async () => {
    const audit = new AuditRepository(database.pool);
    const forge = async (sql: string): Promise<void> => {
      await database.pool.query(`alter table audit_event disable trigger user`);
      await database.pool.query(sql);
      await database.pool.query(`alter table audit_event enable trigger user`);
    };
    await forge(`update audit_event set actor = 'viewer' where id = 2`);
    expect(await audit.verifyChain()).toEqual({ intact: false, brokenAt: 2 });
    await forge(`update audit_event set actor = 'chief' where id = 2`);
    expect(await audit.verifyChain()).toEqual({ intact: true, events: 3 });
    await forge(`delete from audit_event where id = 3`);
    expect(await audit.verifyChain()).toEqual({ intact: false, brokenAt: 3 });
  });
});

describe('job state', () => {
  it('is what was saved last', async () => {
    const jobs = new JobStateRepository(database.pool);
    expect(await jobs.load('close')).toBeNull();
    await jobs.save('close', { day: '2026-03-01' });
    await jobs.save('close', [1]);
    expect(await jobs.load('close')).toEqual([1]);
  });
});
