import { readFileSync } from 'node:fs';
import { DETAIL, methodVersion, type Composition } from '@linepack/gas';
import type { PressureAbsKPa, TemperatureK } from '@linepack/network';
import fc from 'fast-check';
import { TARIM } from './tarim';

type Row = readonly [composition: string, t: number, p: number, z: number, tolerance: number, source: string];
const published = JSON.parse(
  readFileSync(new URL('./detail-check-values.json', import.meta.url), 'utf8'),
) as { compositions: Record<string, Composition>; rows: Row[] };

const z = (gas: Composition, p: number, t: number) => DETAIL.of(gas)(p as PressureAbsKPa, t as TemperatureK);

describe('DETAIL against published values', () => {
  it('has all of them to try', () => expect(published.rows).toHaveLength(123));

  it.each(Object.keys(published.compositions))('%s', (name) => {
    const of = DETAIL.of(published.compositions[name] as Composition);
    for (const [composition, t, p, expected, tolerance] of published.rows) {
      if (composition !== name) continue;
      const error = Math.abs(of(p as PressureAbsKPa, t as TemperatureK) - expected);
      // The last printed digit is rounded: half of it belongs to the tolerance.
      expect({ t, p, within: error <= tolerance * 1.0001, error }).toEqual({ t, p, within: true, error });
    }
  });

  it('Tarim gas of the worked examples: Z_f 0.960253, Z_n 0.998018', () => {
    expect(z(TARIM, 1_801.325, 283.15)).toBeCloseTo(0.960253, 6);
    expect(z(TARIM, 101.325, 293.15)).toBeCloseTo(0.998018, 6);
  });
});

describe('DETAIL over the range of pipelines', () => {
  const gases = Object.values(published.compositions);
  const state = [
    fc.constantFrom(...gases),
    fc.double({ min: 80, max: 10_000, noNaN: true }),
    fc.double({ min: 255, max: 335, noNaN: true }),
  ] as const;

  it('is a gas, and density rises with pressure', () =>
    fc.assert(
      fc.property(...state, (gas, p, t) => {
        const here = z(gas, p, t);
        const above = z(gas, p * 1.01, t);
        expect(here).toBeGreaterThan(0.4);
        expect(here).toBeLessThan(1.05);
        expect((p * 1.01) / above).toBeGreaterThan(p / here);
      }),
    ));

  it('comes to 1 as pressure goes to 0', () => expect(z(TARIM, 0.001, 288.15)).toBeCloseTo(1, 7));
});

describe('what DETAIL refuses', () => {
  it.each([
    ['an unknown component', { methane: 0.9, unobtainium: 0.1 }, /unobtainium/],
    ['a sum that is not 1', { methane: 0.9 }, /summing to 1, got 0\.9/],
    ['a negative fraction', { methane: 1.1, ethane: -0.1 }, /methane|ethane/],
  ] as const)('%s', (_name, gas, message) => expect(() => DETAIL.of(gas as Composition)).toThrow(message));

  it.each([
    ['no pressure', 0, 288.15],
    ['a pressure that is not a number', Number.NaN, 288.15],
    ['a temperature in °C', 1_000, 15],
  ])('%s', (_name, p, t) => expect(() => z(TARIM, p, t)).toThrow(RangeError));

  it('a composition within rounding is normalised', () =>
    expect(z({ methane: 0.999 }, 5_000, 300)).toBeCloseTo(z({ methane: 1 }, 5_000, 300), 12));

  it('names itself for pinning', () => expect(methodVersion(DETAIL)).toBe('DETAIL/1'));
});
