import type { MeterId, Micros, NetworkFile, SourceId, TagKey } from '@linepack/network';
import { QUALITY, type Sample } from '@linepack/telemetry';
import { utc } from './plant-world';
import { smallTown, townArea } from './small-town';
import { townOffice, type TownOffice } from './town-office';

const NEVER = new AbortController().signal;
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const SHOP = 'shop.m-1' as MeterId;
const T0 = utc('2026-11-01T22:00');

let town: TownOffice;
beforeAll(async () => {
  town = await townOffice();
}, 120_000);
afterAll(() => town?.stop());
beforeEach(async () => {
  await town.empty();
  await town.pool.query('truncate config_version');
});

const edited = (change: (file: NetworkFile) => void): NetworkFile => {
  const file = smallTown();
  change(file);
  return file;
};

/** Every tag's readings each tenth minute of [from, to]. */
async function measure(from: Micros, to: Micros, except = (_: Micros): boolean => false): Promise<void> {
  const value: Readonly<Record<string, (hours: number) => number>> = {
    'gate.tot-1': (h) => 50_000 + 1_000 * h,
    'shop.tot-1': (h) => 9_000 + 285 * h,
    'gate.pt-1': () => 0.26,
    'shop.pt-1': (h) => 0.25 + 0.01 * Math.sin(h),
    'shop.tt-1': () => 12,
  };
  const ids = await town.tagIds();
  const samples: Sample[] = [];
  for (const [key, of] of Object.entries(value))
    for (let ts = from; ts <= to; ts = (ts + 10 * MINUTE) as Micros)
      if (!except(ts))
        samples.push({
          tagId: ids.get(key as TagKey)!,
          ts,
          quality: QUALITY.Good,
          value: of((ts - T0) / HOUR),
        });
  await town.writer.write(samples);
}

it('an area that does not fit together is said once and holds back no area after it', async () => {
  const broken = { ...townArea('broken'), inputs: ['gate.m-9'] };
  await town.import(edited((f) => (f.areas = [broken, townArea('town')])));
  town.setClock(utc('2026-11-03T00:20'));
  await measure(utc('2026-11-01T23:50'), utc('2026-11-03T00:20'));
  const closed = [...(await town.close.closeDue(NEVER)), ...(await town.close.closeDue(NEVER))];
  expect(closed.map((c) => [c.areaId, c.gasDay])).toEqual([['town', '2026-11-02']]);
  expect((await town.close.provisional(NEVER)).map((r) => r.areaId)).toEqual(['town']);
  const fault = 'meter gate.m-9: not configured at this time';
  expect(town.said).toEqual([`broken: ${fault}`]);
  expect(town.faults.list()).toEqual([`area broken: ${fault}`]);
  await town.import(smallTown(), T0);
  await town.close.closeDue(NEVER);
  expect(town.faults.list()).toEqual([]);
});

it('a result pins the versions of everything it stands on', async () => {
  await town.import(smallTown());
  town.setClock(utc('2026-11-03T00:20'));
  await measure(utc('2026-11-01T23:50'), utc('2026-11-03T00:20'));
  const [result] = await town.close.closeDue(NEVER);
  expect(Object.keys(result!.configVersions).sort()).toEqual([
    'area:town',
    'gas:methane',
    'meter:gate.m-1',
    'meter:shop.m-1',
    'network:town',
    'pipe:main',
    'station:gate',
    'station:shop',
    'tag:gate.pt-1',
    'tag:gate.tot-1',
    'tag:shop.pt-1',
    'tag:shop.tot-1',
    'tag:shop.tt-1',
  ]);
});

it('a gas-day rule that changes makes one day shorter and moves none that is closed', async () => {
  await town.import(smallTown());
  const silent = (ts: Micros): boolean => ts === utc('2026-11-02T00:00');
  await measure(utc('2026-11-01T22:00'), utc('2026-11-05T00:00'), silent);
  town.setClock(utc('2026-11-03T00:20'));
  await town.close.closeDue(NEVER);
  await town.import(
    edited((f) => (f.gasDay = { start: '06:00', timeZone: 'Asia/Shanghai' })),
    utc('2026-11-02T12:00'),
  );
  town.setClock(utc('2026-11-04T23:00'));
  const next = await town.close.closeDue(NEVER);
  expect(next.map((r) => [r.gasDay, r.from, r.to])).toEqual([
    ['2026-11-03', utc('2026-11-03T00:00'), utc('2026-11-03T22:00')],
    ['2026-11-04', utc('2026-11-03T22:00'), utc('2026-11-04T22:00')],
  ]);
  await measure(utc('2026-11-01T23:55'), utc('2026-11-02T00:00'));
  await town.settle();
  const again = await town.result('town', '2026-11-02');
  expect(again).toMatchObject({ version: 2, from: utc('2026-11-02T00:00'), to: utc('2026-11-03T00:00') });
});

it('a change dated back into the running day redoes the hours that were recorded', async () => {
  await town.import(smallTown());
  await measure(utc('2026-11-01T23:50'), utc('2026-11-03T00:20'));
  town.setClock(utc('2026-11-02T06:00'));
  await town.close.provisional(NEVER);
  const recorded = () => town.hours.newest([SHOP], utc('2026-11-02T00:00'), utc('2026-11-02T05:00'));
  const before = await recorded();
  expect(before.map((h) => h.configVersions?.['station:shop'])).toEqual([1, 1, 1, 1, 1]);
  // 1 500 m higher: the gauge pressure of the shop's meter stands on another atmosphere.
  await town.import(
    edited((f) => (f.stations[1]!.altitudeM = 1_512)),
    utc('2026-11-01T12:00'),
  );
  await town.close.provisional(NEVER);
  const after = await recorded();
  expect(after.map((h) => h.configVersions?.['station:shop'])).toEqual([2, 2, 2, 2, 2]);
  after.forEach((hour, i) => expect(hour.volume!).toBeLessThan(before[i]!.volume! * 0.97));
  town.setClock(utc('2026-11-03T00:20'));
  const [closed] = await town.close.closeDue(NEVER);
  expect(closed?.configVersions['station:shop']).toBe(2);
  const revisions = (await recorded()).map((h) => h.revision);
  expect(revisions).toEqual([2, 2, 2, 2, 2]);
});

it('time in which a source was away is estimated, also when that is told after the close', async () => {
  await town.import(smallTown());
  await measure(utc('2026-11-01T23:50'), utc('2026-11-03T00:20'));
  town.setClock(utc('2026-11-03T00:20'));
  await town.coverage.record('plc' as SourceId, T0, 'connected');
  await town.close.closeDue(NEVER);
  const hour = async () =>
    (await town.hours.newest([SHOP], utc('2026-11-02T05:00'), utc('2026-11-02T06:00')))[0]!;
  expect(await hour()).toMatchObject({ measuredS: 3_600, estimatedS: 0, flags: [] });
  const volume = (await hour()).volume;
  await town.coverage.record('plc' as SourceId, utc('2026-11-02T05:12'), 'disconnected');
  await town.coverage.record('plc' as SourceId, utc('2026-11-02T05:24'), 'connected');
  await town.settle();
  const told = await hour();
  expect(told).toMatchObject({ volume, flags: ['gap'] });
  expect(told.measuredS).toBeCloseTo(2_880, 6);
  expect(told.estimatedS).toBeCloseTo(720, 6);
  expect((await town.result('town', '2026-11-02'))?.lines[1]?.measuredPercent).toBeCloseTo(
    100 * (1 - 720 / 86_400),
    6,
  );
});
