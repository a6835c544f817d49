import {
  absolute,
  CHINA_REFERENCE,
  DETAIL,
  linePack,
  linePackVolume,
  meanPressure,
  pipeVolume,
  referenceState,
  restated,
  standardAtmosphere,
  standardVolume,
  stationAtmosphere,
} from '@linepack/gas';
import type {
  LineCubicMetres,
  PressureAbsKPa,
  PressureGaugeKPa,
  StdCubicMetres,
  TemperatureK,
} from '@linepack/network';
import fc from 'fast-check';
import { TARIM } from './tarim';

const kPa = (value: number) => value as PressureAbsKPa;
const celsius = (value: number) => (value + 273.15) as TemperatureK;
const z = DETAIL.of(TARIM);

describe('atmospheric pressure of a station', () => {
  it.each([
    [0, 101.325],
    [500, 95.5],
    [1_800, 81.5],
    [3_650, 64.5],
  ])('%d m: %d kPa', (altitude, expected) =>
    expect(Math.abs(standardAtmosphere(altitude) - expected)).toBeLessThan(0.06),
  );

  it('a stated pressure wins over the altitude', () =>
    expect(stationAtmosphere({ altitudeM: 500, atmosphericPressureKPa: 94.1 })).toBe(94.1));
  it('needs one of the two', () => expect(() => stationAtmosphere({})).toThrow(/altitudeM/));
  it('forgetting the altitude of 1 800 m costs 4 % of volume at 0.4 MPa(g)', () => {
    const gauge = 400 as PressureGaugeKPa;
    const atSea = absolute(gauge, standardAtmosphere(0));
    expect(atSea / absolute(gauge, standardAtmosphere(1_800))).toBeCloseTo(1.041, 3);
  });
});

describe('volume conversion', () => {
  const line = { pressure: kPa(1_700 + 101.325), temperature: celsius(10) };

  it('10 000 m³ at 1.7 MPa(g), 10 °C: 191 294.06 m³ at 20 °C', () =>
    expect(standardVolume(10_000 as LineCubicMetres, line, CHINA_REFERENCE, z)).toBeCloseTo(191_294.06, 1));

  it.each([
    [15, 0.0175],
    [0, 0.0738],
  ])('reference %d °C taken for 20 °C is an error of %d', (temperatureC, expected) => {
    const other = referenceState({ temperatureC, pressureKPa: 101.325 });
    const right = restated(1 as StdCubicMetres, other, CHINA_REFERENCE, z);
    expect(right - 1).toBeCloseTo(expected, 3);
  });

  it('restating there and back is the same gas', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 40, noNaN: true }),
        (v, t) => {
          const other = referenceState({ temperatureC: t, pressureKPa: 101.325 });
          const there = restated(v as StdCubicMetres, CHINA_REFERENCE, other, z);
          expect(restated(there, other, CHINA_REFERENCE, z) / v).toBeCloseTo(1, 12);
        },
      ),
    ));
});

describe('line pack', () => {
  const pipe = (p1: number, p2: number) => ({
    volume: pipeVolume(0.489, 40_000),
    startPressure: kPa(p1),
    endPressure: kPa(p2),
    temperature: celsius(15),
  });

  it('worked: 0.489 m × 40 km, 15 °C, Z given', () => {
    const start = linePackVolume(pipe(3_600, 2_900), CHINA_REFERENCE, 0.932959, 0.998018);
    const end = linePackVolume(pipe(3_400, 2_500), CHINA_REFERENCE, 0.938803, 0.998018);
    expect(Math.round(start)).toBe(263_243);
    expect(Math.round(end)).toBe(238_377);
    // −24 866.6: the rounded difference, not the difference of the rounded.
    expect(Math.abs(end - start + 24_867)).toBeLessThan(1);
  });

  it('worked: the same with Z of DETAIL', () => {
    const start = linePack(pipe(3_600, 2_900), CHINA_REFERENCE, z);
    expect(start.meanPressure).toBeCloseTo(3_262.56, 2);
    expect(start.zMean).toBeCloseTo(0.932959, 5);
    expect(start.zReference).toBeCloseTo(0.998018, 6);
    expect(Math.abs(start.volume - 263_243)).toBeLessThan(1);
    const end = linePack(pipe(3_400, 2_500), CHINA_REFERENCE, z);
    expect(end.meanPressure).toBeCloseTo(2_972.88, 2);
    expect(end.zMean).toBeCloseTo(0.938803, 5);
    expect(Math.abs(end.volume - 238_377)).toBeLessThan(1);
  });

  it('mean pressure lies between the ends, nearer the higher, whichever is first', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 90, max: 1e4, noNaN: true }),
        fc.double({ min: 90, max: 1e4, noNaN: true }),
        (a, b) => {
          const mean = meanPressure(kPa(a), kPa(b));
          expect(mean).toBeCloseTo(meanPressure(kPa(b), kPa(a)), 9);
          expect(mean).toBeGreaterThanOrEqual((a + b) / 2 - 1e-9);
          expect(mean).toBeLessThanOrEqual(Math.max(a, b) + 1e-9);
        },
      ),
    ));

  it('line pack grows with either pressure and shrinks with temperature', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 200, max: 9_000, noNaN: true }),
        fc.double({ min: 200, max: 9_000, noNaN: true }),
        (a, b) => {
          const here = linePack(pipe(a, b), CHINA_REFERENCE, z).volume;
          expect(linePack(pipe(a + 10, b), CHINA_REFERENCE, z).volume).toBeGreaterThan(here);
          expect(
            linePack({ ...pipe(a, b), temperature: celsius(20) }, CHINA_REFERENCE, z).volume,
          ).toBeLessThan(here);
        },
      ),
    ));
});
