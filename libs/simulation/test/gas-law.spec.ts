import { DETAIL, linePack, linePackVolume, pipeVolume } from '@linepack/gas';

import type { PressureAbsKPa, TemperatureK } from '@linepack/network';
import fc from 'fast-check';
import {
  compressibilityOf,
  demoNetwork,
  fitGasLaw,
  lineVolumeOf,
  pressureFromRatio,
  TARIM_15C,
} from '../src/index';

const composition = demoNetwork().gases[0]?.composition ?? {};
const kPa = (x: number) => x as PressureAbsKPa;
const kelvin = (x: number) => x as TemperatureK;
const z = DETAIL.of(composition);

describe('gas law of the demo', () => {
  it.each([
    ['2.97288 MPa', 2_972.88, 0.938803],
    ['3.26256 MPa', 3_262.56, 0.932959],
  ])('gives the worked Z at %s', (_, p, expected) => {
    expect(compressibilityOf(TARIM_15C, p)).toBeCloseTo(expected, 6);
  });

  it('follows DETAIL within 1e-4 over the trunks', () => {
    for (const p of [400, 1_000, 1_500, 2_000, 2_600, 4_000])
      expect(Math.abs(compressibilityOf(TARIM_15C, p) - z(kPa(p), kelvin(288.15)))).toBeLessThan(1e-4);
  });

  it('can be fitted to an equation of state', () => {
    const law = fitGasLaw((p, t) => z(kPa(p), kelvin(t)), 288.15, 4_000);
    for (const p of [500, 1_800, 3_300])
      expect(compressibilityOf(law, p)).toBeCloseTo(z(kPa(p), kelvin(288.15)), 3);
    expect(law.zReference).toBeCloseTo(TARIM_15C.zReference, 5);
  });

  it('finds the pressure of an amount of gas', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 6_000, noNaN: true }), (p) => {
        expect(pressureFromRatio(TARIM_15C, p / compressibilityOf(TARIM_15C, p)) / p).toBeCloseTo(1, 12);
      }),
    );
  });

  it('agrees with the worked line pack: 263 243 m³ at 3.6 → 2.9 MPa', () => {
    const pipe = {
      volume: pipeVolume(0.489, 40_000),
      startPressure: kPa(3_600),
      endPressure: kPa(2_900),
      temperature: kelvin(288.15),
    };
    const reference = { pressure: kPa(101.325), temperature: kelvin(293.15) };
    const simple = linePackVolume(
      pipe,
      reference,
      compressibilityOf(TARIM_15C, 3_262.56),
      TARIM_15C.zReference,
    );
    expect(simple).toBeCloseTo(263_243, -1);
    expect(simple / linePack(pipe, reference, z).volume).toBeCloseTo(1, 5);
  });

  it('converts as the worked volume does, at its own temperature', () => {
    // 10 000 m³ at 1.7 MPa(g) and 10 °C is 191 294 m³; the law's Z is that of 15 °C, 0.3 % away.
    const standard = 10_000 / lineVolumeOf(TARIM_15C, 1_801.325, 283.15);
    expect(Math.abs(standard / 191_294.06 - 1)).toBeLessThan(0.004);
  });
});
