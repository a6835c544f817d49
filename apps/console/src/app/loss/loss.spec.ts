import type { LossResult } from '@linepack/contracts';
import { lossRows } from './loss-rows';
import { chartHalfRange, lossBar } from './loss-words';

describe('a loss chart', () => {
  it('shows twice the limit at least, and grows with the days', () => {
    expect(chartHalfRange([0.2, null, -0.3], 1)).toBe(2);
    expect(chartHalfRange([3], 1)).toBeCloseTo(3.3);
    expect(chartHalfRange([50], 1)).toBe(8);
  });
  it('draws a loss upwards and a gain downwards from the middle', () => {
    expect(lossBar(1, 2)).toEqual({ top: 25, height: 25, cut: false });
    expect(lossBar(-1, 2)).toEqual({ top: 50, height: 25, cut: false });
    expect(lossBar(5, 2)).toEqual({ top: 0, height: 50, cut: true });
  });
});

describe('the balance table of the worked example', () => {
  const day: Pick<
    LossResult,
    | 'input'
    | 'output'
    | 'ownUse'
    | 'vent'
    | 'linePackStart'
    | 'linePackEnd'
    | 'loss'
    | 'lossPercent'
    | 'limitPercent'
    | 'u95Percent'
    | 'completenessPercent'
  > = {
    input: 500_000,
    output: 519_866,
    ownUse: 0,
    vent: 0,
    linePackStart: 263_243,
    linePackEnd: 238_377,
    loss: 5_000,
    lossPercent: 1,
    limitPercent: 1,
    u95Percent: 0.71,
    completenessPercent: 100,
  };
  const value = (result: typeof day, symbol: string) =>
    lossRows(result as LossResult).find((r) => r.symbol === symbol)?.value;

  it('adds up to ΔV = (V1 + Q1) − (Q2 + Q3 + Q4 + V2)', () => {
    const [v1, q1, q2, q3, q4, v2] = ['V1', 'Q1', 'Q2', 'Q3', 'Q4', 'V2'].map(
      (s) => value(day, s) ?? NaN,
    ) as [number, number, number, number, number, number];
    expect(v1 + q1 - (q2 + q3 + q4 + v2)).toBe(value(day, 'ΔV'));
    expect(value(day, 'V2 − V1')).toBe(-24_866);
  });
  it('has no line-pack change where one end is missing', () => {
    expect(value({ ...day, linePackEnd: null }, 'V2 − V1')).toBeNull();
  });
});
