import { NetworkFile, UNITS } from '@linepack/network';
import {
  catchUp,
  DEMO_PLANT,
  DEMO_STATIONS,
  DEMO_TAGS,
  demoNetwork,
  InstrumentPanel,
  PlantRun,
  STATUS,
  type Effect,
  type Scenario,
} from '../src/index';

const EPOCH = Date.parse('2026-11-10T00:00:00Z');
const at = (key: string) => DEMO_TAGS.findIndex((t) => t.key === key);
const running = (effect: Effect, fromMs: number): Scenario => ({ id: 's', effect, fromMs, toMs: null });

describe('demo city', () => {
  it('has the stations of a city and about 250 tags with their own names', () => {
    const count = (kind: string) => DEMO_STATIONS.filter((s) => s.kind === kind).length;
    expect(['supplier', 'gate', 'regulator', 'cng', 'industrial'].map(count)).toEqual([2, 2, 6, 1, 3]);
    expect(DEMO_TAGS.length).toBeGreaterThan(230);
    expect(DEMO_TAGS.length).toBeLessThan(270);
    expect(new Set(DEMO_TAGS.map((t) => t.key)).size).toBe(DEMO_TAGS.length);
    for (const { station, spec } of DEMO_TAGS) {
      expect(UNITS[spec.kind]).toContain(spec.unit);
      expect(spec.name.zh).toMatch(/\p{Script=Han}|UPS|ESD/u);
      expect(station.tags.filter((t) => t.name.zh === spec.name.zh)).toHaveLength(1);
    }
  });

  it('is a network file without a fault, whose references lead somewhere', () => {
    const network = NetworkFile.parse(
      JSON.parse(JSON.stringify(demoNetwork()).replace(/\$\{[A-Z0-9_]+:-([^}]*)\}/g, '$1')),
    );
    const tags = new Set(DEMO_TAGS.map((t) => t.key));
    const meters = new Set(network.stations.flatMap((s) => s.meters.map((m) => `${s.id}.${m.id}`)));
    for (const s of network.stations)
      for (const m of s.meters)
        for (const tag of [m.totaliser.tag, m.flow, m.pressure, m.temperature])
          expect(tags).toContain(`${s.id}.${tag}`);
    for (const p of network.pipes)
      for (const tag of [p.startPressure, p.endPressure, p.temperature]) expect(tags).toContain(tag);
    for (const a of network.areas)
      for (const m of [...a.inputs, ...a.outputs.map((o) => o.meter), ...a.ownUse, ...a.vent])
        expect(meters).toContain(m);
    expect([...meters].sort()).toEqual(DEMO_PLANT.meters.map((m) => m.id).sort());
  });

  it('raises the low-low pressure alarm within two minutes of a torn main, and its detectors smell it', () => {
    const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    run.advance(EPOCH + 3_600_000, 60, []);
    const panel = new InstrumentPanel(run);
    panel.readAll([]);
    expect(panel.values[at('reg-wenchang.pt-201')]).toBeGreaterThan(0.34);
    const leak = running({ name: 'leak', pipe: 'main-wenchang', sizeMm: 200 }, run.timeMs);
    catchUp(run, run.timeMs + 120_000, [leak]);
    panel.readAll([leak]);
    expect(panel.values[at('reg-wenchang.pt-201')]).toBeLessThan(0.25);
    expect(panel.values[at('reg-wenchang.gd-101')]).toBeGreaterThan(20);
    expect(panel.values[at('reg-gaoxin.pt-201')]).toBeGreaterThan(0.34);
    expect(panel.values[at('reg-gaoxin.gd-101')]).toBeLessThan(5);
    catchUp(run, run.timeMs + 600_000, [{ ...leak, toMs: run.timeMs }]);
    panel.readAll([]);
    expect(panel.values[at('reg-wenchang.pt-201')]).toBeGreaterThan(0.34);
  });

  it('reads by scan cycles, and at once when the status changes', () => {
    const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    const panel = new InstrumentPanel(run);
    panel.readAll([]);
    catchUp(run, EPOCH + 1_000, []);
    const second = panel.readDue(EPOCH, []);
    expect(second).not.toContain(at('gate-west.fq-111'));
    expect(second).not.toContain(at('gate-west.pt-111'));
    catchUp(run, EPOCH + 10_000, []);
    const tenth = panel.readDue(EPOCH + 1_000, []);
    expect(tenth).toContain(at('gate-west.fq-111'));
    expect(tenth).not.toContain(at('gate-west.zt-101'));
    catchUp(run, EPOCH + 11_000, []);
    const away = [running({ name: 'station-offline', station: 'gate-west' }, EPOCH + 11_000)];
    const lost = panel.readDue(EPOCH + 10_000, away);
    expect(lost.map((i) => DEMO_TAGS[i]?.station.id)).toContain('gate-west');
    expect(lost).toContain(at('gate-west.zt-101'));
    expect(panel.status[at('gate-west.zt-101')]).toBe(STATUS.noCommunication);
    expect(panel.status[at('gate-east.zt-101')]).toBe(STATUS.good);
  });

  it('shows every value on the steps of its instrument', () => {
    const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    run.advance(EPOCH + 1_800_000, 60, []);
    const panel = new InstrumentPanel(run);
    panel.readAll([]);
    DEMO_TAGS.forEach(({ spec }, i) => {
      const steps = (panel.values[i] as number) / spec.resolution;
      expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-4);
    });
  });
});
