import { DEMO_PLANT, PlantRun, type DayTruth, type Scenario } from '../src/index';

const EPOCH = Date.parse('2026-11-10T00:00:00Z');
const HOUR = 3_600_000;
const leak: Scenario = {
  id: 'a',
  effect: { name: 'leak', pipe: 'west-2', sizeMm: 20 },
  fromMs: EPOCH + 30 * HOUR,
  toMs: EPOCH + 40 * HOUR,
};
const openIn = (d: DayTruth) => d.in - d.out - d.ownUse - d.leak - (d.linePackEnd - d.linePackStart);

describe('plant run', () => {
  it('closes the mass balance of every gas day to 1e-6 of its throughput, leak and all', () => {
    const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    run.advance(EPOCH + 73 * HOUR, 60, [leak]);
    const days = run.truth();
    expect(days.map((d) => [d.gasDay, d.complete])).toEqual([
      ['2026-11-10', true],
      ['2026-11-11', true],
      ['2026-11-12', true],
      ['2026-11-13', false],
    ]);
    for (const d of days) expect(Math.abs(openIn(d))).toBeLessThan(1e-6 * d.in);
    expect(days[0]?.leak).toBe(0);
    expect(days[1]?.leaks['west-2']).toBeGreaterThan(10_000);
  });

  it('goes on from its state as if it had never stopped', () => {
    const whole = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    whole.advance(EPOCH + 36 * HOUR, 60, [leak]);
    const first = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    first.advance(EPOCH + 31 * HOUR, 60, [leak]);
    const written = JSON.parse(JSON.stringify(first.state())) as ReturnType<PlantRun['state']>;
    const second = PlantRun.resume(DEMO_PLANT, 1, written, first.closedDays());
    second.advance(EPOCH + 36 * HOUR, 60, [leak]);
    expect(second.state()).toEqual(whole.state());
    expect(second.truth()).toEqual(whole.truth());
  });

  it('lives another day with another seed', () => {
    const of = (seed: number) => {
      const run = PlantRun.from(DEMO_PLANT, seed, EPOCH);
      run.advance(EPOCH + 3 * HOUR, 60, []);
      return run.totals.sources;
    };
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('counts the same day by steps of ten seconds, a minute and ten minutes within a thousandth', () => {
    const dayBy = (stepS: number) => {
      const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
      run.advance(EPOCH + 24 * HOUR, stepS, []);
      return run.closedDays()[0] as DayTruth;
    };
    const minute = dayBy(60);
    for (const other of [dayBy(10), dayBy(600)]) {
      expect(other.in / minute.in).toBeCloseTo(1, 2.7);
      expect(other.out / minute.out).toBeCloseTo(1, 2.7);
      expect(Math.abs(openIn(other))).toBeLessThan(1e-6 * other.in);
    }
  });

  it('books a biased meter as a wrong meter, not as gas', () => {
    const bias: Scenario = {
      ...leak,
      effect: { name: 'meter-bias', meter: 'gate-west.m-1', percent: 1.3 },
      fromMs: EPOCH,
      toMs: null,
    };
    const run = PlantRun.from(DEMO_PLANT, 1, EPOCH);
    run.advance(EPOCH + 24 * HOUR, 60, [bias]);
    const day = run.closedDays()[0] as DayTruth;
    expect(day.meters['gate-west.m-1']?.errorPercent).toBeGreaterThan(1.05);
    expect(day.meters['gate-west.m-1']?.true).toBe(day.meters['supplier-west.m-1']?.true);
    expect(day.leak).toBe(0);
  });

  it('refuses the state of another plant', () => {
    const state = PlantRun.from(DEMO_PLANT, 1, EPOCH).state();
    expect(() => PlantRun.resume(DEMO_PLANT, 1, { ...state, inventory: [1, 2] })).toThrow(
      'inventory: 2 nodes: expected',
    );
  });
});
