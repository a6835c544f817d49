import { GasDay } from './loss';

describe('a gas day', () => {
  it.each(['2026-02-28', '2024-02-29', '2026-12-31', '0001-01-01', '9999-12-31'])('%s is one', (day) => {
    expect(GasDay.safeParse(day).success).toBe(true);
  });
  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-99-99',
    '2026-00-10',
    '2026-1-1',
    '',
    '0000-01-01',
    '-001-01-01',
  ])('%j is none', (day) => {
    expect(GasDay.safeParse(day).success).toBe(false);
  });
});
