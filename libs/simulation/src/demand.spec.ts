import { dailyCurve, dayFactor, demandAt, type UserClass } from './demand';

const CLASSES: UserClass[] = ['residential', 'commercial', 'industrial', 'cng'];
const CHINA = 8 * 3_600;
const day = (iso: string) => Date.parse(`${iso}T00:00:00Z`) / 86_400_000;

describe('demand', () => {
  it.each(CLASSES)("%s: the daily curve integrates to the day's volume", (userClass) => {
    let sum = 0;
    for (let s = 0; s < 86_400; s += 60) sum += dailyCurve(userClass, s) * 60;
    expect(sum / 86_400).toBeCloseTo(1, 9);
  });

  it.each(CLASSES)('%s: a day of demand is its volume times its season, within the wander', (userClass) => {
    const start = Date.parse('2026-11-17T16:00:00Z') / 1_000;
    const demand = { id: 'x', userClass, dayVolume: 50_000 };
    let sum = 0;
    for (let s = 0; s < 86_400; s += 60)
      sum += demandAt(demand, start + s + 30, CHINA, { seed: 1, channel: 2 }) * 60;
    expect(sum / (50_000 * dayFactor(userClass, day('2026-11-18')))).toBeGreaterThan(0.98);
    expect(sum / (50_000 * dayFactor(userClass, day('2026-11-18')))).toBeLessThan(1.02);
  });

  it('peaks in the evening at homes and at night at the CNG station', () => {
    expect(dailyCurve('residential', 18.5 * 3_600)).toBeGreaterThan(1.7);
    expect(dailyCurve('residential', 3 * 3_600)).toBeLessThan(0.4);
    expect(dailyCurve('cng', 2.5 * 3_600)).toBeGreaterThan(dailyCurve('cng', 16 * 3_600));
  });

  it('has no jump at midnight', () => {
    for (const c of CLASSES) expect(dailyCurve(c, 86_399.999)).toBeCloseTo(dailyCurve(c, 0), 4);
  });

  it('knows winter, summer and the weekend', () => {
    expect(dayFactor('residential', day('2026-01-14'))).toBeGreaterThan(
      1.8 * dayFactor('residential', day('2026-07-15')),
    );
    expect(dayFactor('industrial', day('2026-11-21'))).toBeLessThan(
      0.95 * dayFactor('industrial', day('2026-11-20')),
    );
    expect(dayFactor('residential', day('2026-01-31'))).toBeCloseTo(
      dayFactor('residential', day('2026-02-01')) / 1,
      1,
    );
  });
});
