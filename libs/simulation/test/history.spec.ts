import { DETAIL, linePack, pipeVolume } from '@linepack/gas';
import type { PressureAbsKPa, TemperatureK } from '@linepack/network';
import {
  absenceOf,
  catchUp,
  catchUpMinutes,
  DEMO_PLANT,
  DEMO_TAGS,
  demoNetwork,
  gasDayStart,
  historyOf,
  InstrumentPanel,
  livingHistory,
  newRecord,
  PlantRun,
  simulateHistory,
  STATUS,
  type PlantRecord,
} from '../src/index';

const NOW = Date.parse('2026-11-22T03:17:42Z');
const DAY = 86_400_000;
const MINUTE = 60_000;
const network = demoNetwork();
const indexOf = (key: string) => DEMO_TAGS.findIndex((t) => t.key === key);

function ended(record: PlantRecord): PlantRun {
  const steps = livingHistory(record);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Loss by what any reader of the tags can know: totaliser differences, and line pack from pressures by DETAIL. */
class TagLoss {
  private readonly z = DETAIL.of(network.gases[0]?.composition ?? {});
  constructor(private readonly readings: Map<number, Float64Array>) {}

  private value(key: string, t: number): number {
    expect(indexOf(key)).toBeGreaterThanOrEqual(0);
    return this.readings.get(t)?.[indexOf(key)] ?? NaN;
  }

  volume(meterKey: string, from: number, to: number): number {
    const [stationId, meterId] = meterKey.split('.');
    const meter = network.stations.find((s) => s.id === stationId)?.meters?.find((m) => m.id === meterId);
    const tag = `${stationId}.${meter?.totaliser.tag}`;
    const difference = this.value(tag, to) - this.value(tag, from);
    return difference < 0 ? difference + (meter?.totaliser.rolloverAt ?? NaN) : difference;
  }

  private absolute(tagKey: string, t: number): PressureAbsKPa {
    const station = network.stations.find((s) => tagKey.startsWith(`${s.id}.`));
    return (this.value(tagKey, t) * 1_000 + (station?.atmosphericPressureKPa ?? NaN)) as PressureAbsKPa;
  }

  pack(pipeId: string, t: number): number {
    const pipe = network.pipes?.find((p) => p.id === pipeId);
    if (!pipe) return NaN;
    return linePack(
      {
        volume: pipeVolume(pipe.insideDiameterMm / 1_000, pipe.lengthM),
        startPressure: this.absolute(pipe.startPressure, t),
        endPressure: this.absolute(pipe.endPressure, t),
        temperature: (this.value(pipe.temperature, t) + 273.15) as TemperatureK,
      },
      { pressure: 101.325 as PressureAbsKPa, temperature: 293.15 as TemperatureK },
      this.z,
    ).volume;
  }

  percent(areaId: string, from: number): number {
    const area = network.areas?.find((a) => a.id === areaId);
    if (!area) return NaN;
    const sum = (keys: readonly string[]) => keys.reduce((v, k) => v + this.volume(k, from, from + DAY), 0);
    const input = sum(area.inputs);
    const output = sum(area.outputs.map((o) => o.meter)) + sum(area.ownUse ?? []);
    const pack = (area.pipes ?? []).reduce((v, p) => v + this.pack(p, from + DAY) - this.pack(p, from), 0);
    return (100 * (input - output - pack)) / input;
  }
}

describe('history of the demo city', () => {
  const record = newRecord(NOW, 45, 20_260_801);
  const readings = new Map<number, Float64Array>();
  const statuses = new Map<number, Uint32Array>();
  let loss: TagLoss;
  let run: PlantRun;
  const today = gasDayStart(NOW);
  const days = Array.from({ length: 45 }, (_, k) => today - (45 - k) * DAY);

  beforeAll(() => {
    const sampling = {
      fromMs: today - 45 * DAY,
      toMs: NOW,
      everyMin: 10,
      fine: { fromMs: NOW - 2 * DAY, everyMin: 1 },
    };
    run = simulateHistory(record, sampling, (s) => {
      readings.set(s.timeMs, s.values.slice());
      statuses.set(s.timeMs, s.status.slice());
    });
    loss = new TagLoss(readings);
  }, 120_000);

  it('reads 45 days by ten minutes and two by the minute, cut-offs among them, up to the live minute', () => {
    const times = [...readings.keys()];
    expect(times[0]).toBe(today - 45 * DAY);
    expect(times.at(-1)).toBe(record.liveFromMs);
    expect(times).toHaveLength(43 * 144 + Math.ceil((NOW % DAY) / MINUTE / 10) + 2 * 1_440);
    for (const d of [...days, today]) expect(readings.has(d)).toBe(true);
  });

  it('has level 1 between 0.2 and 0.6 % and level 2 between 0.3 and 0.7 % on ordinary days', () => {
    const ordinary = days.filter((d) => ![5, 14, 15, 16].includes((today - d) / DAY));
    for (const d of ordinary) {
      for (const area of ['level1-west', 'level1-east']) {
        expect(loss.percent(area, d)).toBeGreaterThan(0.15);
        expect(loss.percent(area, d)).toBeLessThan(0.65);
      }
      for (const area of ['level2-west', 'level2-east', 'level2-city']) {
        expect(loss.percent(area, d)).toBeGreaterThan(0.25);
        expect(loss.percent(area, d)).toBeLessThan(0.75);
      }
    }
  });

  it('breaks 1 % on the day of the biased gate meter and on the days of the leak, and only there', () => {
    expect(loss.percent('level1-west', today - 5 * DAY)).toBeGreaterThan(1.3);
    expect(loss.percent('level1-west', today - 4 * DAY)).toBeLessThan(0.65);
    expect(loss.percent('level2-west', today - 5 * DAY)).toBeLessThan(0);
    for (const k of [16, 15]) expect(loss.percent('level2-east', today - k * DAY)).toBeGreaterThan(1.1);
    expect(loss.percent('level2-east', today - 14 * DAY)).toBeLessThan(0.75);
  });

  it('has line pack by the formula within 0.1 % of the truth, and its daily change matters', () => {
    const mains = (r: PlantRun) =>
      DEMO_PLANT.mains.reduce((v, m) => {
        const i = r.hydraulics.nodeIndex(m.node);
        return v + (Hydraulic(r)[i] as number);
      }, 0);
    const byFormula = (network.pipes ?? []).reduce((v, p) => v + loss.pack(p.id, record.liveFromMs), 0);
    expect(byFormula / (run.totals.linePack - mains(run))).toBeCloseTo(1, 2.7);
    const changes = days.map((d) => Math.abs(loss.pack('west-1', d + DAY) - loss.pack('west-1', d)));
    expect(Math.max(...changes)).toBeGreaterThan(500);
  });

  it('rolls the glassworks’ seven-digit totaliser over, and its days stay whole', () => {
    const shown = [...readings.values()].map((v) => v[indexOf('ind-glass.fq-111')] as number);
    expect(shown.filter((x, i) => i > 0 && x < (shown[i - 1] as number))).toHaveLength(1);
    for (const d of days) {
      expect(loss.volume('ind-glass.m-1', d, d + DAY)).toBeGreaterThan(40_000);
      expect(loss.volume('ind-glass.m-1', d, d + DAY)).toBeLessThan(90_000);
    }
  });

  it('stays within limits and ranges on the way, but for power cuts', () => {
    const odd = new Set<string>();
    for (const values of readings.values())
      DEMO_TAGS.forEach(({ key, spec }, i) => {
        const v = values[i] as number;
        const { L = -Infinity, H = Infinity } = spec.limits ?? {};
        if (!(v >= spec.range[0] && v <= spec.range[1] && v >= L && v <= H)) odd.add(key);
      });
    expect([...odd].filter((key) => !key.endsWith('.es-101'))).toEqual([]);
  });

  it('marks the scripted failures with their status', () => {
    const at = (daysBack: number, hours: number) => statuses.get(today - daysBack * DAY + hours * 3_600_000);
    expect(at(9, 5)?.[indexOf('reg-gaoxin.tt-201')]).toBe(STATUS.sensorFailure);
    expect(at(9, 5)?.[indexOf('reg-gaoxin.tt-101')]).toBe(STATUS.good);
    expect(at(7, 5)?.[indexOf('ind-glass.pt-101')]).toBe(STATUS.noCommunication);
    expect(at(7, 7)?.[indexOf('ind-glass.pt-101')]).toBe(STATUS.good);
  });

  it('gives the live plant the very state in which history ends: no seam', () => {
    const live = ended(record);
    expect(live.timeMs).toBe(record.liveFromMs);
    expect(live.state()).toEqual(run.state());
    const panel = new InstrumentPanel(live);
    panel.readAll(record.scenarios);
    expect(Array.from(panel.values)).toEqual(Array.from(readings.get(record.liveFromMs) ?? []));
    catchUp(live, NOW, record.scenarios);
    panel.readAll(record.scenarios);
    const gained =
      panel.values[indexOf('gate-west.fq-111')]! -
      readings.get(record.liveFromMs)![indexOf('gate-west.fq-111')]!;
    const flow = readings.get(record.liveFromMs)![indexOf('gate-west.ft-111')]!;
    expect(gained / ((flow * (NOW - record.liveFromMs)) / 3_600_000)).toBeCloseTo(1, 1);
  });

  it('reads the same part of the past whatever was asked around it', () => {
    const part: number[] = [];
    const t0 = today - 44 * DAY;
    for (const s of historyOf(record, { fromMs: t0, toMs: t0 + 30 * MINUTE, everyMin: 10 })) {
      part.push(s.timeMs);
      expect(Array.from(s.values)).toEqual(Array.from(readings.get(s.timeMs) ?? []));
    }
    expect(part).toEqual([0, 10, 20, 30].map((m) => t0 + m * MINUTE));
  });

  it('fills an absence with what the plant lived meanwhile', () => {
    const plant = PlantRun.resume(DEMO_PLANT, record.seed, run.state());
    plant.advance(record.liveFromMs + 17_000, 1, record.scenarios);
    const state = plant.state();
    const back = NOW + 5 * 3_600_000;
    catchUp(plant, back, record.scenarios);
    const absence = { fromMs: state.timeMs, toMs: catchUpMinutes(back), state };
    const filled = [...absenceOf(record, absence, 10)].map((s) => s.timeMs);
    expect(filled[0]! - absence.fromMs).toBeLessThanOrEqual(10 * MINUTE);
    expect(absence.toMs - filled.at(-1)!).toBeLessThan(10 * MINUTE);
    const again = PlantRun.resume(DEMO_PLANT, record.seed, state);
    catchUp(again, back, record.scenarios);
    expect(again.state()).toEqual(plant.state());
    expect(plant.timeMs).toBe(Math.floor(back / 1_000) * 1_000);
  });
});

/** Gas in each node of a run. */
const Hydraulic = (run: PlantRun) => run.state().inventory;
