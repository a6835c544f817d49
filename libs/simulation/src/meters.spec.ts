import fc from 'fast-check';
import { DEMO_PLANT, TARIM_15C } from './demo-city';
import { meterError, readMeter, totaliserShown } from './meters';

const DAY = 86_400;
const at = { timeS: 1_000_000, pKPa: 2_000, law: TARIM_15C, seed: 1, extra: 0 };
const meter = DEMO_PLANT.meters[0] as (typeof DEMO_PLANT.meters)[number];

describe('meters', () => {
  it('stay within their class above Qt on every day of two years', () => {
    for (const m of DEMO_PLANT.meters)
      for (let day = 20_000; day < 20_730; day++)
        expect(Math.abs(meterError(m, day * DAY + 40_000, m.qT * 2, 5))).toBeLessThan(0.01);
  });

  it('read too little below Qt', () => {
    expect(meterError(meter, 0, meter.qT / 2, 1)).toBeCloseTo(meterError(meter, 0, meter.qT, 1) - 0.0025, 9);
  });

  it('show a bias in both volumes and keep their ratio', () => {
    const right = readMeter(meter, 4, at);
    const wrong = readMeter(meter, 4, { ...at, extra: 0.013 });
    expect(wrong.corrected - right.corrected).toBeCloseTo(0.052, 9);
    expect(wrong.corrected / wrong.uncorrected).toBeCloseTo(right.corrected / right.uncorrected, 9);
    expect(right.corrected / right.uncorrected).toBeGreaterThan(19.7);
  });

  it('never count backwards', () => {
    expect(readMeter(meter, 0, { ...at, extra: -0.2 }).corrected).toBe(0);
  });

  it('roll over: the difference modulo the rollover is the volume', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5e7, noNaN: true }),
        fc.double({ min: 0, max: 9e5, noNaN: true }),
        (count, volume) => {
          const shown = totaliserShown(count + volume, 1e6) - totaliserShown(count, 1e6);
          const folded = shown < -1e-6 ? shown + 1e6 : shown;
          expect(folded).toBeCloseTo(volume, 5);
          expect(totaliserShown(count, 1e6)).toBeLessThan(1e6);
        },
      ),
    );
  });
});
