import type { ConditionMessage, LossResult } from '@linepack/contracts';
import { gasDayBounds, gasDayOf } from '@linepack/loss';
import { msFromMicros, type AreaId, type GasDay, type Micros, type TagKey } from '@linepack/network';
import {
  ClosingWatermark,
  ConfigRepository,
  CoverageRepository,
  JobStateRepository,
  LateMarkRepository,
  LossRepository,
  MeterHourRepository,
  ROLLUP_JOB,
  SampleRepository,
  SampleWriter,
} from '@linepack/store';
import type { Sample } from '@linepack/telemetry';
import { AreaDays } from '../src/loss/area-day';
import { AreaFaults } from '../src/loss/area-faults';
import { GasDayClose } from '../src/loss/gas-day-close';
import { HourlyRecords } from '../src/loss/hourly-records';
import { LossConditions } from '../src/loss/loss-conditions';
import { Plans } from '../src/loss/plans';
import { GridReadings, RecordedAbsences } from '../src/loss/readings';
import {
  plantWorld,
  readingsOf,
  RULES,
  store,
  truthAt,
  type Truth,
  utc,
  type Life,
  type PlantWorld,
} from './plant-world';

// Around the night in which Berlin's clocks go back: its gas day of the 24th has 25 hours.
const LIFE: Life = {
  fromMs: msFromMicros(utc('2026-10-22T00:00')),
  toMs: msFromMicros(utc('2026-10-27T03:00')),
  everyMin: 10,
  scenarios: [
    {
      id: 'bias',
      effect: { name: 'meter-bias', meter: 'gate-west.m-1', percent: -1.3 },
      fromMs: msFromMicros(utc('2026-10-25T00:00')),
      toMs: msFromMicros(utc('2026-10-26T00:00')),
    },
  ],
};
/** A station whose readings of some hours come late: they lie in the Berlin and both Shanghai days of the 25th. */
const OFFLINE = { station: 'ind-glass', from: utc('2026-10-25T06:00'), to: utc('2026-10-25T09:00') };
const FIRST = '2026-10-23' as GasDay;
const NEVER = new AbortController().signal;

let world: PlantWorld;
let now = utc('2026-10-27T02:00');
let close: GasDayClose;
let plans: Plans;
const faults: string[] = [];
let loss: LossRepository;
let conditions: LossConditions;
let closed: LossResult[];
/** What the instruments said; simulated once. */
let readings: Sample[];
let truth: ReadonlyMap<Micros, Truth>;
const told: ConditionMessage[] = [];

beforeAll(async () => {
  world = await plantWorld();
  const { pool } = world;
  const clock = () => now;
  const grid = new GridReadings(new SampleRepository(pool));
  const absences = new RecordedAbsences(new CoverageRepository(pool));
  const records = new HourlyRecords(grid, absences, new MeterHourRepository(pool), clock);
  loss = new LossRepository(pool);
  plans = new Plans(new ConfigRepository(pool));
  close = new GasDayClose({
    plans,
    days: new AreaDays(grid, records),
    loss,
    watermark: new ClosingWatermark(pool),
    faults: new AreaFaults((area, error) => faults.push(`${area}: ${error.message}`)),
    clock,
  });
  conditions = new LossConditions(new JobStateRepository(pool), loss, (c) => told.push(c));
  const late = lateTag();
  readings = readingsOf(world, LIFE);
  await store(
    world,
    readings.filter((s) => s.tagId !== late || s.ts <= OFFLINE.from || s.ts >= OFFLINE.to),
  );
  closed = await close.closeDue(NEVER, FIRST);
  truth = truthAt(LIFE, [...new Set(closed.flatMap((r) => [r.from as Micros, r.to as Micros]))]);
}, 240_000);
afterAll(() => world?.close());

const lateTag = () => {
  const station = world.network.stations.find((s) => s.id === OFFLINE.station);
  const tag = station?.meters[0]?.totaliser.tag;
  return world.tagIds.get(`${OFFLINE.station}.${tag}` as TagKey);
};
const result = (area: string, day: string): LossResult => {
  const found = closed.find((c) => c.areaId === area && c.gasDay === day);
  if (!found) throw new Error(`${area} ${day} was not closed`);
  return found;
};
const hours = ({ from, to }: { from: number; to: number }) => (to - from) / 3_600_000_000;

describe('closing gas days of the demo city', () => {
  it('closes every day that is over, of every area by its own start and zone', () => {
    const days = (rule: keyof typeof RULES) =>
      closed.filter((c) => c.areaId === `level1-west-${rule}`).map((c) => c.gasDay);
    expect(days('shanghai-8')).toEqual(['2026-10-23', '2026-10-24', '2026-10-25', '2026-10-26']);
    expect(days('shanghai-6')).toEqual(['2026-10-23', '2026-10-24', '2026-10-25', '2026-10-26']);
    // 02:00 UTC on the 27th is 03:00 in Berlin: the day of the 26th still runs.
    expect(days('berlin-6')).toEqual(['2026-10-23', '2026-10-24', '2026-10-25']);
  });

  it.each([
    ['shanghai-8', '2026-10-24', '2026-10-24T00:00', 24],
    ['shanghai-6', '2026-10-24', '2026-10-23T22:00', 24],
    ['berlin-6', '2026-10-23', '2026-10-23T04:00', 24],
    ['berlin-6', '2026-10-24', '2026-10-24T04:00', 25],
    ['berlin-6', '2026-10-25', '2026-10-25T05:00', 24],
  ] as const)('%s %s begins at %s UTC and has %d hours', (rule, day, from, length) => {
    const { from: start, to } = result(`level2-city-${rule}`, day);
    expect(start).toBe(utc(from));
    expect(hours({ from: start, to })).toBe(length);
  });

  it("each meter's volume is what its counter truly counted between the two cut-offs", () => {
    let compared = 0;
    for (const r of closed)
      for (const line of r.lines) {
        const [a, b] = [r.from, r.to].map(
          (at) => truth.get(at as Micros)?.meters.get(line.meterId)?.corrected ?? 0,
        );
        const counted = (b as number) - (a as number);
        // The counter shows whole steps; a day's volume is exact to two of them.
        const off = Math.abs((line.volume ?? Number.NaN) - counted);
        expect({ ...line, ok: off <= Math.max(2, counted * 50e-6) }).toEqual({ ...line, ok: true });
        compared += 1;
      }
    expect(compared).toBeGreaterThan(200);
  });

  it('level 1 is the supplier against our gate, to a hundredth of a per cent of the truth', () => {
    for (const rule of Object.keys(RULES)) {
      const r = result(`level1-east-${rule}`, '2026-10-24');
      const counted = (meter: string) =>
        (truth.get(r.to as Micros)?.meters.get(meter)?.corrected ?? 0) -
        (truth.get(r.from as Micros)?.meters.get(meter)?.corrected ?? 0);
      const [supplier, gate] = r.lines.map((l) => counted(l.meterId));
      expect(r.lossPercent).toBeCloseTo(
        (100 * ((supplier as number) - (gate as number))) / (supplier as number),
        2,
      );
      expect(r.verdict).toBe('within');
    }
  });

  it('level 2 closes with the line pack of the cut-offs: within half a per cent of what the meters lose', () => {
    for (const rule of Object.keys(RULES)) {
      const r = result(`level2-city-${rule}`, '2026-10-23');
      const change = (pick: (m: { true: number; corrected: number }) => number, meter: string) => {
        const at = (t: number) => truth.get(t as Micros)?.meters.get(meter) ?? { true: 0, corrected: 0 };
        return pick(at(r.to)) - pick(at(r.from));
      };
      // What the errors of the meters alone make of a balance that is truly closed.
      const expected = r.lines.reduce((sum, { meterId, role }) => {
        const error = change((m) => m.corrected, meterId) - change((m) => m.true, meterId);
        return sum + (role === 'input' ? error : -error);
      }, 0);
      expect(Math.abs((r.loss ?? Number.NaN) - expected) / (r.input ?? 0)).toBeLessThan(0.005);
      expect(Math.abs((r.linePackEnd ?? 0) - (r.linePackStart ?? 0))).toBeGreaterThan(0);
      expect(r.linePack.length).toBeGreaterThan(0);
    }
  });

  it('the gate meter that read 1.3 % low for a day breaks the limit, by every gas day it filled', () => {
    expect(result('level1-west-shanghai-8', '2026-10-25')).toMatchObject({ verdict: 'breach' });
    expect(result('level1-west-shanghai-8', '2026-10-24')).toMatchObject({ verdict: 'within' });
    expect(result('level1-west-shanghai-8', '2026-10-26')).toMatchObject({ verdict: 'within' });
    expect(result('level1-east-shanghai-8', '2026-10-25')).toMatchObject({ verdict: 'within' });
    const bias =
      (result('level1-west-shanghai-8', '2026-10-25').lossPercent ?? 0) -
      (result('level1-west-shanghai-8', '2026-10-24').lossPercent ?? 0);
    expect(Math.abs(bias - 1.3)).toBeLessThan(0.3);
  });

  it('pins versions of algorithms and configuration, and copies the readings', async () => {
    const r = result('level2-city-shanghai-8', '2026-10-24');
    expect(r.version).toBe(1);
    expect(r.algorithm).toMatch(/^loss\/2 DETAIL\/1$/);
    expect(Object.keys(r.configVersions).length).toBeGreaterThan(10);
    for (const version of Object.values(r.configVersions)) expect(version).toBe(1);
    const inputs = (await loss.inputs(r.areaId as AreaId, r.gasDay as GasDay, 1)) as {
      meters: { start: { before: unknown }; volume: number }[];
      linePack: { start: { startPressure: unknown } }[];
    };
    expect(inputs.meters).toHaveLength(r.lines.length);
    expect(inputs.meters[0]?.start.before).toMatchObject({
      value: expect.any(Number),
      at: expect.any(Number),
    });
    expect(inputs.linePack[0]?.start.startPressure).toMatchObject({ value: expect.any(Number) });
  });

  it('bridges three silent hours by the counter and says so', () => {
    const line = result('level2-city-shanghai-8', '2026-10-25').lines.find((l) =>
      l.meterId.startsWith('ind-glass'),
    );
    expect(line?.remarks).toContain('gap');
    expect(line?.measuredPercent).toBeLessThan(90);
  });
});

describe('after closing', () => {
  it('the breach stands as a condition although the next day was within', async () => {
    await conditions.tell((await plans.current(now)).configured, now);
    const west = told.filter((c) => c.alarmId === 'area:level1-west-shanghai-8:loss');
    expect(west).toMatchObject([{ active: true, subject: '2026-10-25', class: 'loss', unit: '%', limit: 1 }]);
    const east = told.filter((c) => c.alarmId === 'area:level1-east-shanghai-8:loss');
    expect(east).toMatchObject([{ active: false, subject: '2026-10-26' }]);
  });

  it('a restart tells it again', async () => {
    const again: ConditionMessage[] = [];
    const jobs = new JobStateRepository(world.pool);
    const restarted = new LossConditions(jobs, loss, (c) => again.push(c));
    await restarted.tell((await plans.current(now)).configured, now);
    expect(again.find((c) => c.alarmId === 'area:level1-west-shanghai-8:loss')).toMatchObject({
      active: true,
    });
  });

  it('nothing is closed twice', async () => {
    expect(await close.closeDue(NEVER, FIRST)).toEqual([]);
  });

  it('the running day has a figure, no version and no verdict that anybody is called for', async () => {
    const running = await close.provisional(NEVER);
    const r = running.find((x) => x.areaId === 'level1-west-shanghai-8') as LossResult;
    expect(r).toMatchObject({ gasDay: '2026-10-27', provisional: true, version: 0 });
    expect(r.from).toBe(utc('2026-10-27T00:00'));
    expect(r.to).toBeLessThan(now);
    expect(r.input).toBeGreaterThan(0);
    expect(await loss.result('level1-west-shanghai-8' as AreaId, '2026-10-27' as GasDay)).toBeNull();
    expect((await loss.provisional()).map((p) => p.areaId)).toContain('level1-west-shanghai-8');
  });

  it('late readings make a new version of just the days that stand on them; the old one stays as it was', async () => {
    const { pool, tagIds } = world;
    await new JobStateRepository(pool).save(ROLLUP_JOB, { claimedTo: now, rolledTo: now });
    const late = lateTag();
    const samples = readings.filter((s) => s.tagId === late && s.ts > OFFLINE.from && s.ts < OFFLINE.to);
    expect(tagIds.size).toBeGreaterThan(200);
    expect(samples.length).toBeGreaterThan(10);
    await new SampleWriter(pool).write(samples);
    const marks = await new LateMarkRepository(pool).toRecalculate(1_000);
    expect(marks.length).toBeGreaterThan(0);

    const before = result('level2-city-shanghai-8', '2026-10-25');
    const changed = await close.recalculate(marks, NEVER);
    const areas = new Set(changed.map((c) => `${c.areaId} ${c.gasDay} v${c.version}`));
    expect(areas).toContain('level2-city-shanghai-8 2026-10-25 v2');
    for (const r of changed) {
      const rule = Object.entries(RULES).find(([name]) =>
        r.areaId.endsWith(name),
      )?.[1] as (typeof RULES)['berlin-6'];
      expect(r.gasDay).toBe(gasDayOf(OFFLINE.from, rule));
      expect(r.lines.some((l) => l.meterId.startsWith('ind-glass'))).toBe(true);
    }
    const versions = await loss.versions('level2-city-shanghai-8' as AreaId, '2026-10-25' as GasDay);
    expect(versions.map((v) => v.version)).toEqual([2, 1]);
    expect(versions[1]?.loss).toBe(before.loss);
    expect(versions[0]?.lines.find((l) => l.meterId.startsWith('ind-glass'))).toMatchObject({
      measuredPercent: 100,
      remarks: [],
    });
    expect(await close.recalculate(marks, NEVER)).toEqual([]);
  }, 240_000);

  it('a day without any reading is not assessable, never 0 %', async () => {
    now = utc('2026-10-29T12:00');
    const next = await close.closeDue(NEVER);
    const silent = next.find((c) => c.areaId === 'level2-city-shanghai-8' && c.gasDay === '2026-10-28');
    expect(silent).toMatchObject({
      verdict: 'notAssessable',
      lossPercent: null,
      completenessPercent: 0,
    });
    expect(gasDayBounds('2026-10-28' as GasDay, RULES['shanghai-8']).from).toBe(silent?.from);
  }, 240_000);
});
