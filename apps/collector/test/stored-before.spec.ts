import type { LatestValue } from '@linepack/contracts';
import type { TagId } from '@linepack/network';
import { SHIFTED_QUALITY_BITS } from '@linepack/store';
import { QUALITY } from '@linepack/telemetry';
import pino from 'pino';
import { StoredBefore } from '../src/present/stored-before';
import { PlantLine, START, settled, tagOf } from './plant-line';

const log = pino({ level: 'silent' });
const stored = (tagId: number, second: number, more: Partial<LatestValue> = {}): LatestValue =>
  ({
    tagId,
    ts: START + second * 1e6,
    heardAt: START + second * 1e6,
    quality: 0,
    value: 5,
    ...more,
  }) as LatestValue;

/** A database that is away until it is told to answer. */
class Before {
  readonly asked: TagId[][] = [];
  isAway = false;
  constructor(private readonly rows: LatestValue[]) {}
  latest(tagIds: readonly TagId[]): Promise<LatestValue[]> {
    this.asked.push([...tagIds]);
    if (this.isAway) return Promise.reject(new Error('away'));
    return Promise.resolve(this.rows.filter(({ tagId }) => (tagIds as readonly number[]).includes(tagId)));
  }
}

test('P9 a device whose clock was set back before our restart stays out of the time it has covered', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker', 600)]);
  const before = new Before([stored(1, 3_600)]);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  await settled();
  line.time.to(3_605);
  line.sink().connected();
  // Twenty minutes behind: less than its stale age.
  for (let s = 3_610; s <= 3_650; s += 10) line.hear(s, 1, s, s - 1_200);
  await settled();
  expect(line.rows.map(([, second]) => second)).toEqual([3_610, 3_620, 3_630, 3_640, 3_650]);
});

test('P9 and so do the words by which its clock becomes known', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
  const before = new Before([stored(1, 3_600)]);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  await settled();
  line.time.to(3_605);
  line.sink().connected();
  for (let s = 3_610; s <= 3_630; s += 10) line.hear(s, 1, s, s - 1_200);
  await settled();
  expect(line.stored()).toEqual(['3610 uncertain @3610', '3620 good @3620', '3630 good @3630']);
});

test('K3 P9 what a device had kept while it was cut off, and sends after our restart, stands at its own time', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
  // What the earlier run stored last it had stored again at its own time, after its device's last word.
  const before = new Before([stored(1, 3_559)]);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  await settled();
  line.time.to(3_565);
  line.sink().connected();
  for (const stamp of [3_556, 3_560, 3_564, 3_568, 3_572]) line.hear(3_574, 1, stamp, stamp);
  line.hear(3_576, 1, 3_576, 3_576);
  await settled();
  expect(line.rows.map(([, second]) => second).sort()).toEqual([3_556, 3_560, 3_564, 3_568, 3_572, 3_576]);
});

test('P9 nor does what is said after the database has answered, though a first value came before that', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc', 8)]);
  const before = new Before([stored(1, 3_600)]);
  line.time.to(3_605);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  line.sink().connected();
  line.hear(3_605, 1, 20, 3_604 - 3_600, { origin: 'first' });
  await settled();
  const known = line.rows.length;
  for (let s = 3_610; s <= 3_650; s += 10) line.hear(s, 1, s, s - 3_600);
  line.time.to(3_700);
  await settled();
  const later = line.rows.slice(known).map(([, second]) => second);
  expect(Math.min(...later)).toBeGreaterThan(3_600);
  expect(line.newest()).toBe('3650 good');
});

test('P9 what this run has stored itself is no earlier run: its words stay at their own time', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
  const before = new Before([stored(1, 106)]);
  before.isAway = true;
  line.time.to(100);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  line.sink().connected();
  for (const s of [103, 104, 105, 106]) line.hear(s + 0.3, 1, s, s);
  await settled();
  before.isAway = false;
  line.time.to(112);
  await settled();
  line.hear(112, 1, 90, 105.5, { origin: 'redelivered' });
  await settled();
  expect(line.stored()).toContain('90 good @105.5');
});

test('P2 P9 a node that was refused and comes back stands since its stamp: the refusal was no word of its source', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc')]);
  const BadNodeIdUnknown = 0x80340000 | 0;
  const lastGood = { ts: START + 193e6, value: 5 } as never;
  const before = new Before([stored(1, 220, { quality: BadNodeIdUnknown, value: null, lastGood })]);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  await settled();
  line.time.to(225);
  line.sink().connected();
  line.hear(226, 1, 3, 206, { origin: 'first' });
  await settled();
  expect(line.stored()).toContain('3 good @206');
});

test('P8 what is known only when the database is back does not become the newest: what holds now is stored after it', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc')]);
  const gone = stored(1, 110, { quality: QUALITY.BadNoCommunication, value: null });
  line.database.set(1 as TagId, new Map([[gone.ts, gone as never]]) as never);
  const before = new Before([gone]);
  before.isAway = true;
  line.time.to(130);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  line.sink().connected();
  line.hear(130, 1, 5, 90, { origin: 'first' });
  await settled();
  before.isAway = false;
  line.time.to(136);
  await settled();
  expect(line.newest()).toBe('5 good');
  line.time.to(400);
  await settled();
  expect(line.newest()).toBe('5 good');
});

test('a moved second value is the same value, and no mark of its own', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc')]);
  const before = new Before([stored(1, 0, { quality: QUALITY.Good | SHIFTED_QUALITY_BITS } as never)]);
  new StoredBefore(before, line.flow.values, line.time, log).configure([1 as TagId]);
  await settled();
  line.hear(10, 1, 5, 10);
  await settled();
  expect(line.rows).toEqual([]);
});

test('is asked for again while the database is away, and each tag once', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker'), tagOf(2, 'a', 'broker')]);
  const before = new Before([stored(1, 100)]);
  before.isAway = true;
  const known = new StoredBefore(before, line.flow.values, line.time, log);
  known.configure([1 as TagId]);
  await settled();
  before.isAway = false;
  line.time.to(6);
  await settled();
  known.configure([1, 2] as TagId[]);
  await settled();
  await known.stop();
  expect(before.asked).toEqual([[1], [1], [2]]);
});
