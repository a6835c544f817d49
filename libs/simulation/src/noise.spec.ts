import fc from 'fast-check';
import { channelOf, gaussianAt, scanNoise, slowNoise, uniformAt } from './noise';

const N = 20_000;
const many = (f: (i: number) => number) => Array.from({ length: N }, (_, i) => f(i));
const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;

describe('noise', () => {
  it('is a function of seed, channel and index', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), fc.nat(), (seed, channel, index) => {
        const u = uniformAt(seed, channel, index);
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThan(1);
        expect(uniformAt(seed, channel, index)).toBe(u);
      }),
    );
  });

  it('has mean 0 and deviation 1, and neighbouring channels do not follow each other', () => {
    const a = many((i) => gaussianAt(7, 100, i));
    const b = many((i) => gaussianAt(7, 101, i));
    expect(Math.abs(mean(a))).toBeLessThan(0.03);
    expect(mean(a.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(a.map((x, i) => x * (b[i] as number))))).toBeLessThan(0.03);
  });

  it('differs between seeds and between names', () => {
    expect(uniformAt(1, 5, 5)).not.toBe(uniformAt(2, 5, 5));
    expect(channelOf('reg-gaoxin.pt-101')).not.toBe(channelOf('reg-gaoxin.pt-201'));
  });

  it('stands between two scans of an instrument', () => {
    expect(scanNoise(1, 2, 20.1, 10)).toBe(scanNoise(1, 2, 29.9, 10));
    expect(scanNoise(1, 2, 20.1, 10)).not.toBe(scanNoise(1, 2, 30.1, 10));
  });

  it('wanders without jumps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (t) => {
        expect(Math.abs(slowNoise(3, 4, t + 1, 1_800) - slowNoise(3, 4, t, 1_800))).toBeLessThan(0.02);
      }),
    );
  });
});
