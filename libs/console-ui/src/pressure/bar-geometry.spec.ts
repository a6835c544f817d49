import { barDomain, barGeometry } from './bar-geometry';

const limits = { LL: 0.25, L: 0.28, H: 0.37, HH: 0.38, deadband: 0, onDelayS: 0, offDelayS: 0 };
const outlet = { range: [0, 0.6], limits, maop: 0.4 } as const;

describe('bar of a medium-pressure outlet', () => {
  it('shows the limits with a margin, not the whole instrument range', () => {
    const [low, high] = barDomain(outlet);
    expect(low).toBeGreaterThan(0.2);
    expect(low).toBeLessThan(0.25);
    expect(high).toBeGreaterThan(0.4);
    expect(high).toBeLessThan(0.45);
  });

  it('keeps limits, band and value in their order', () => {
    const g = barGeometry({ ...outlet, value: 0.35 });
    expect(g.ticks.map((t) => t.name)).toEqual(['LL', 'L', 'H', 'HH', 'MAOP']);
    const positions = g.ticks.map((t) => t.at);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    const [low, high] = g.band as readonly [number, number];
    expect(g.pointer).toBeGreaterThan(low);
    expect(g.pointer).toBeLessThan(high);
    expect(g.passed).toBeNull();
  });

  it.each([
    [0.25, 'LL'],
    [0.27, 'L'],
    [0.37, 'H'],
    [0.39, 'HH'],
    [0.41, 'MAOP'],
  ])('%d MPa is beyond %s', (value, passed) => {
    expect(barGeometry({ ...outlet, value }).passed).toBe(passed);
  });

  it('keeps the pointer at the end and says so when the value is far outside', () => {
    expect(barGeometry({ ...outlet, value: 0.05 })).toMatchObject({ pointer: 0, beyond: 'low' });
    expect(barGeometry({ ...outlet, value: 0.59 })).toMatchObject({ pointer: 100, beyond: 'high' });
  });

  it('has no pointer without a value', () => {
    expect(barGeometry({ ...outlet, value: null })).toMatchObject({
      pointer: null,
      beyond: null,
      passed: null,
    });
  });
});

describe('bar with one-sided or no limits', () => {
  it('begins at the range where only high limits are set', () => {
    const filter = { H: 50, HH: 70, deadband: 0, onDelayS: 0, offDelayS: 0 };
    const g = barGeometry({ value: 20, range: [0, 100], limits: filter, maop: null });
    expect(g.domain[0]).toBe(0);
    expect(g.band).toEqual([0, g.ticks[0]?.at]);
  });

  it('shows the range where nothing is set', () => {
    const g = barGeometry({ value: 5_000, range: [0, 10_000], limits: null, maop: null });
    expect(g.band).toBeNull();
    expect(g.ticks).toEqual([]);
    expect(g.pointer).toBeGreaterThan(30);
    expect(g.pointer).toBeLessThan(55);
  });
});
