import {
  NetworkFile,
  type AreaId,
  type GasDay,
  type MeterId,
  type Micros,
  type TagId,
} from '@linepack/network';
import { demoNetwork } from '@linepack/simulation';
import type {
  ClosedDay,
  ClosedLoss,
  LateMark,
  MeterHourRecord,
  NetworkSnapshot,
  StoredMeterHour,
} from '@linepack/store';
import { AreaDays } from '../src/loss/area-day';
import { AreaFaults } from '../src/loss/area-faults';
import { GasDayClose } from '../src/loss/gas-day-close';
import { HourlyRecords } from '../src/loss/hourly-records';
import { Plans } from '../src/loss/plans';
import type { Readings } from '../src/loss/readings';
import { utc } from './plant-world';

const MINUTE = 60_000_000;
const AREA = 'level1-west' as AreaId;
const GATE = 'gate-west.m-1' as MeterId;
const NEVER = new AbortController().signal;
/** When today's configuration began: the gate's counter then turns over at another height. */
const EXCHANGED = utc('2026-11-03T12:00');
const demo = NetworkFile.parse({
  ...demoNetwork(),
  sources: demoNetwork().sources.map((source) =>
    source.kind === 'mqtt'
      ? { ...source, url: 'mqtt://127.0.0.1:1' }
      : { ...source, endpoint: 'opc.tcp://127.0.0.1:1' },
  ),
});

function snapshotAt(at: Micros): NetworkSnapshot {
  const version = at < EXCHANGED ? 1 : 2;
  let tagId = 0;
  const meters = demo.stations.flatMap((s) =>
    s.meters.map((config) => ({ key: `${s.id}.${config.id}`, stationId: s.id, config })),
  );
  return {
    at,
    file: { ...demo, areas: demo.areas.filter((area) => area.id === AREA) },
    tags: demo.stations.flatMap((s) =>
      s.tags.map((config) => ({ tagId: ++tagId, key: `${s.id}.${config.id}`, stationId: s.id, config })),
    ),
    meters,
    versions: new Map(meters.map(({ key }) => [`meter:${key}`, version])),
  } as unknown as NetworkSnapshot;
}

/** Every tag counts 1 000 m³ an hour and says so at these minutes of every tenth minute's round. */
const counters = (offset: number, clock: () => Micros): Readings => ({
  series: async (tags, { from, to, until }) => {
    const points: { at: Micros; value: number }[] = [];
    for (let at = Math.floor(from / MINUTE) * MINUTE - 30 * MINUTE; at <= to + 15 * MINUTE; at += MINUTE)
      if ((at / MINUTE) % 10 === offset && at <= clock() && at < until)
        points.push({ at: at as Micros, value: ((at - utc('2026-10-01T00:00')) / MINUTE / 60) * 1_000 });
    return new Map(tags.map((tag) => [tag, points]));
  },
});

function office(offset: number) {
  let now = utc('2026-11-02T00:00');
  const clock = () => now;
  const records: StoredMeterHour[] = [];
  const results: ClosedLoss[] = [];
  const hours = {
    save: async (given: readonly MeterHourRecord[]) =>
      void records.push(...given.map((r) => ({ ...r, revision: records.length }))),
    newest: async (ids: readonly MeterId[], from: Micros, to: Micros) => [
      ...new Map(
        records
          .filter((r) => ids.includes(r.meterId) && r.from >= from && r.from < to)
          .map((r) => [`${r.meterId} ${r.from}`, r]),
      ).values(),
    ],
  };
  const closedDays = (): ClosedDay[] =>
    results.map((r) => ({
      areaId: r.areaId as AreaId,
      day: r.gasDay as GasDay,
      from: r.from as Micros,
      to: r.to as Micros,
    }));
  const loss = {
    save: async (result: ClosedLoss) => {
      results.push(result);
      return { ...result, version: 1, provisional: false };
    },
    result: async (_area: AreaId, day: GasDay) => {
      const found = results.findLast((r) => r.gasDay === day);
      return found ? { ...found, version: 1, provisional: false } : null;
    },
    lastClosed: async () => new Map(closedDays().map((d) => [d.areaId, d])),
    touching: async (from: Micros, to: Micros) => closedDays().filter((d) => d.from <= to && d.to >= from),
    saveProvisional: async () => undefined,
  };
  const readings = counters(offset, clock);
  const plans = new Plans({ networkAt: async (at) => snapshotAt(at) });
  const absences = { of: async () => () => [] };
  const days = new AreaDays(readings, new HourlyRecords(readings, absences, hours, clock));
  const raised: Micros[] = [];
  const watermark = { raise: async (to: Micros) => void raised.push(to) };
  const faults = new AreaFaults(() => undefined);
  const close = new GasDayClose({ plans, days, loss, watermark, faults, clock });
  return { close, records, results, raised, at: (iso: string) => (now = utc(iso)) };
}

it('a day whose cut-off reading is on its way waits for it as long as a reading may be old', async () => {
  const { close, at } = office(5);
  at('2026-11-02T00:03');
  expect(await close.closeDue(NEVER)).toEqual([]);
  at('2026-11-02T00:06');
  const closed = await close.closeDue(NEVER);
  expect(closed.map((c) => [c.gasDay, c.verdict])).toEqual([['2026-11-01', 'within']]);
  expect(closed[0]?.input).toBeCloseTo(24_000, 6);
});

it('every day that was missed is closed, in order', async () => {
  const { close, at } = office(0);
  at('2026-11-02T01:00');
  await close.closeDue(NEVER);
  at('2026-11-06T01:00');
  const days = (await close.closeDue(NEVER)).map((c) => c.gasDay);
  expect(days).toEqual(['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05']);
});

it('the running hour of a provisional day is not kept as a record', async () => {
  const { close, records, at } = office(0);
  at('2026-11-02T02:40');
  const [running] = await close.provisional(NEVER);
  expect(running?.input).toBeCloseTo((1_000 * (2 * 60 + 37)) / 60, 6);
  expect(new Set(records.map((r) => (r.to - r.from) / MINUTE))).toEqual(new Set([60]));
});

it('late data are recorded with the configuration of their day, and so is the day that was running', async () => {
  const { close, records, results, at } = office(0);
  at('2026-11-03T01:00');
  await close.closeDue(NEVER);
  at('2026-11-03T15:00');
  await close.provisional(NEVER);
  const tag = gateTag();
  const from = utc('2026-11-02T05:00');
  const mark: LateMark = { id: 1, tagId: tag, from, to: from, receivedAt: from };
  const before = records.length;
  await close.recalculate([mark], NEVER);
  expect(records.length).toBeGreaterThan(before);
  expect(new Set(records.filter((r) => r.meterId === GATE).map((r) => r.configVersion))).toEqual(
    new Set([1]),
  );
  expect(results).toHaveLength(1);
});

function gateTag(): TagId {
  const { tags, meters } = snapshotAt(EXCHANGED);
  const totaliser = meters.find((m) => m.key === GATE)?.config.totaliser.tag;
  return tags.find((t) => t.key === `gate-west.${totaliser}`)?.tagId as TagId;
}
