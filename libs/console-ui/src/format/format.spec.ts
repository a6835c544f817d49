import { toCsv } from './csv';
import { formatBytes, formatNumber, formatSigned } from './number';
import { formatClock, formatInstant, formatSpan, gasDayAt, shiftDay } from './time';

const at = (iso: string) => Date.parse(iso) * 1_000;

describe('numbers', () => {
  it('keep their decimals and group thousands', () => {
    expect(formatNumber(0.35, 3)).toBe('0.350');
    expect(formatNumber(1_234_567.891, 2)).toBe('1,234,567.89');
  });
  it('are a dash where there is none', () => {
    for (const nothing of [null, undefined, NaN, Infinity]) expect(formatNumber(nothing, 1)).toBe('–');
  });
  it('carry a true minus sign, and a plus where a change is meant', () => {
    expect(formatNumber(-1.5, 1)).toBe('−1.5');
    expect(formatSigned(0.8, 2)).toBe('+0.80');
    expect(formatSigned(0, 2)).toBe('0.00');
  });
  it('of bytes change their unit', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(12_345)).toBe('12.3 kB');
  });
});

describe('times', () => {
  it("stand in the station's zone, whatever the browser's is", () => {
    expect(formatClock(at('2026-08-03T00:00:00Z'), 'Asia/Shanghai')).toBe('08:00:00');
    expect(formatInstant(at('2026-08-03T23:30:00Z'), 'Asia/Urumqi')).toBe('2026-08-04 05:30:00');
  });

  it.each([
    ['2026-08-02T23:59:59Z', '08:00', 'Asia/Shanghai', '2026-08-02'],
    ['2026-08-03T00:00:00Z', '08:00', 'Asia/Shanghai', '2026-08-03'],
    ['2026-08-03T03:59:00Z', '06:00', 'Europe/Berlin', '2026-08-02'],
    ['2026-08-03T04:00:00Z', '06:00', 'Europe/Berlin', '2026-08-03'],
    ['2026-12-03T04:30:00Z', '06:00', 'Europe/Berlin', '2026-12-02'],
    ['2026-01-01T00:30:00Z', '06:00', 'Europe/Berlin', '2025-12-31'],
  ])('%s belongs, with a gas day from %s in %s, to %s', (iso, start, zone, day) => {
    expect(gasDayAt(at(iso), start, zone)).toBe(day);
  });

  it('days shift across months and years', () => {
    expect(shiftDay('2026-03-01', -1)).toBe('2026-02-28');
    expect(shiftDay('2025-12-31', 1)).toBe('2026-01-01');
  });

  it('spans show their two largest units', () => {
    expect(formatSpan(4_900_000)).toBe('4 s');
    expect(formatSpan(61_000_000)).toBe('1 min');
    expect(formatSpan(7_500_000_000)).toBe('2 h 05');
    expect(formatSpan(27 * 3_600_000_000)).toBe('1 d 03');
    expect(formatSpan(-5_000_000)).toBe('0 s');
  });
});

describe('csv', () => {
  it('quotes what must be quoted and disarms formulas, but leaves numbers alone', () => {
    const csv = toCsv([
      ['文昌, 调压站', 'a"b', '=1+1', '-0.5'],
      [-0.5, null, undefined, true],
    ]);
    expect(csv).toBe('\uFEFF"文昌, 调压站","a""b",\'=1+1,\'-0.5\r\n-0.5,,,true\r\n');
  });
});
