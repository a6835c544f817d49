import type { Micros, SourceId, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { QUALITY, qualityOf } from '@linepack/telemetry';
import type { Received } from '../src/acquisition/source';
import { StationSilence } from '../src/alarm/station-silence';
import type { CollectorTag } from '../src/configuration/collector-configuration';
import { Measurements, type Outcome } from '../src/measurement';

const start = 1_750_000_000_000_000;
const at = (s: number): Micros => (start + s * 1_000_000) as Micros;
const tag = (tagId: number, stationId = 'gate', sourceId = 'plc'): CollectorTag => ({
  tagId: tagId as TagId,
  key: `${stationId}.t${tagId}` as TagKey,
  stationId: stationId as StationId,
  sourceId: sourceId as SourceId,
  config: { scale: { factor: 1, offset: 0 }, deadband: 0, maxReportS: 60 } as TagConfig,
});
const value = (tagId: number, v: number, ts: Micros, quality = 0): Received => ({
  tagId: tagId as TagId,
  value: quality < 0 ? null : v,
  ts,
  quality: qualityOf(quality),
  origin: 'change',
  clock: 'plc',
});
const written = ({ stored }: Outcome): [number, number | null, number][] =>
  stored.map((s) => [(s.ts - start) / 1e6, s.value, s.quality]);
const bad = QUALITY.BadNoCommunication;
const plc = 'plc' as SourceId;

describe('when a source goes and comes back', () => {
  const measurements = (): Measurements => {
    const m = new Measurements();
    m.configure([tag(1), tag(2, 'gate', 'other')]);
    m.received([value(1, 5, at(0))], at(0));
    return m;
  };

  test('each of its tags gets one bad sample, once', () => {
    const m = measurements();
    expect(written(m.sourceLost(plc, at(10)))).toEqual([[10, null, bad]]);
    expect(written(m.sourceLost(plc, at(11)))).toEqual([]);
  });
  test('a value that did not change is stored again when it is heard again', () => {
    const m = measurements();
    m.sourceLost(plc, at(10));
    expect(written(m.received([value(1, 5, at(0))], at(20)))).toEqual([[20, 5, 0]]);
  });
  test('a value that changed before the silence is stored at its own time too', () => {
    const m = measurements();
    m.sourceLost(plc, at(10));
    expect(written(m.received([value(1, 6, at(9))], at(20)))).toEqual([
      [9, 6, 0],
      [20, 6, 0],
    ]);
  });
  test('a value of the time of silence stands where it belongs', () => {
    const m = measurements();
    m.sourceLost(plc, at(10));
    expect(written(m.received([value(1, 6, at(15))], at(20)))).toEqual([[15, 6, 0]]);
  });
  test('no repeat stands in for a source that is away', () => {
    const m = measurements();
    expect(m.repeats(() => true, at(70)).map((s) => s.ts)).toEqual([at(60)]);
    m.sourceLost(plc, at(80));
    expect(m.repeats(() => true, at(500))).toEqual([]);
  });
  test('a device behind a living broker is gone after three intervals', () => {
    const m = measurements();
    expect(written(m.devicesLost(() => true, at(180)))).toEqual([]);
    expect(written(m.devicesLost(() => false, at(181)))).toEqual([]);
    expect(written(m.devicesLost(() => true, at(181)))).toEqual([[181, null, bad]]);
  });
});

test('a station is silent when every tag that a living source carries is, and is said once', () => {
  const away = new Set<SourceId>();
  const silence = new StationSilence((id) => !away.has(id));
  const tags = [tag(1), tag(2), tag(3, 'gate', 'other')];
  silence.configure(tags);
  const m = new Measurements();
  m.configure(tags);
  const hear = (...received: Received[]) =>
    silence.observe(m.received(received, at(100)).measured).map((s) => s.silent);
  expect(hear(value(1, 1, at(0)), value(2, 1, at(0)), value(3, 1, at(0)))).toEqual([]);
  expect(hear(value(1, 1, at(1), bad))).toEqual([]);
  expect(hear(value(2, 1, at(1), bad))).toEqual([]);
  expect(hear(value(3, 1, at(1), bad))).toEqual([true]);
  expect(hear(value(3, 1, at(2), bad))).toEqual([]);
  expect(hear(value(1, 1, at(3)))).toEqual([false]);
  // Its one source away: the source's own alarm says it.
  away.add(plc);
  away.add('other' as SourceId);
  expect(hear(value(1, 1, at(4), bad), value(2, 1, at(4), bad), value(3, 1, at(4), bad))).toEqual([]);
});
