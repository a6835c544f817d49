import { gasDayBounds, gasDayOf, gasDayPlus, gasDaysBetween, hoursOf, type GasDayRule } from '@linepack/loss';
import { MICROS_PER_HOUR, microsFromMs, msFromMicros, type GasDay, type Micros } from '@linepack/network';
import fc from 'fast-check';

const SHANGHAI_8 = { start: '08:00', timeZone: 'Asia/Shanghai' };
const SHANGHAI_6 = { start: '06:00', timeZone: 'Asia/Shanghai' };
const BERLIN_6 = { start: '06:00', timeZone: 'Europe/Berlin' };
const KOLKATA_6 = { start: '06:00', timeZone: 'Asia/Kolkata' };

const utc = (iso: string): Micros => microsFromMs(Date.parse(`${iso}Z`));
const iso = (at: Micros): string => new Date(msFromMicros(at)).toISOString().slice(0, 16);
const day = (name: string) => name as GasDay;

describe('bounds of a gas day', () => {
  it.each([
    ['Shanghai, 08:00 is 00:00 UTC', SHANGHAI_8, '2026-03-29', '2026-03-29T00:00', '2026-03-30T00:00', 24],
    [
      'Shanghai, 06:00 is the evening before in UTC',
      SHANGHAI_6,
      '2026-03-29',
      '2026-03-28T22:00',
      '2026-03-29T22:00',
      24,
    ],
    ['Berlin in winter', BERLIN_6, '2026-02-10', '2026-02-10T05:00', '2026-02-11T05:00', 24],
    ['Berlin in summer', BERLIN_6, '2026-07-10', '2026-07-10T04:00', '2026-07-11T04:00', 24],
    [
      'Berlin, clocks go forward inside it',
      BERLIN_6,
      '2026-03-28',
      '2026-03-28T05:00',
      '2026-03-29T04:00',
      23,
    ],
    ['Berlin, clocks go back inside it', BERLIN_6, '2026-10-24', '2026-10-24T04:00', '2026-10-25T05:00', 25],
    ['Kolkata, half an hour off', KOLKATA_6, '2026-02-10', '2026-02-10T00:30', '2026-02-11T00:30', 24],
  ] as const)('%s', (_name, rule, name, from, to, hours) => {
    const bounds = gasDayBounds(day(name), rule);
    expect([iso(bounds.from), iso(bounds.to)]).toEqual([from, to]);
    expect(hoursOf(bounds)).toHaveLength(hours);
  });

  it('a start the clocks skip begins when they have jumped', () => {
    const { from } = gasDayBounds(day('2026-03-29'), { start: '02:30', timeZone: 'Europe/Berlin' });
    expect(iso(from)).toBe('2026-03-29T01:30');
  });

  it.each([
    ['a day that does not exist', '2026-02-30', SHANGHAI_8],
    ['a zone that does not exist', '2026-02-28', { start: '08:00', timeZone: 'Asia/Nowhere' }],
  ])('refuses %s', (_name, name, rule) => expect(() => gasDayBounds(day(name), rule)).toThrow(RangeError));
});

describe('gas day of an instant', () => {
  it.each([
    ['a moment before 08:00 still belongs to the day before', '2026-03-28T23:59', SHANGHAI_8, '2026-03-28'],
    ['08:00 itself begins the day', '2026-03-29T00:00', SHANGHAI_8, '2026-03-29'],
    ['local midnight lies inside the day', '2026-03-29T16:00', SHANGHAI_8, '2026-03-29'],
    ['06:00 in Shanghai', '2026-03-28T22:00', SHANGHAI_6, '2026-03-29'],
    ['Berlin before the change', '2026-03-29T03:59', BERLIN_6, '2026-03-28'],
    ['Berlin after the change', '2026-03-29T04:00', BERLIN_6, '2026-03-29'],
  ])('%s', (_name, at, rule, expected) => expect(gasDayOf(utc(at), rule)).toBe(expected));
});

describe('gas days tile time', () => {
  const rule: fc.Arbitrary<GasDayRule> = fc.record({
    start: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30'))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${m}`),
    timeZone: fc.constantFrom(
      'Asia/Shanghai',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'UTC',
    ),
  });
  const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }).map(microsFromMs);

  it('every instant lies in exactly the day it is said to belong to', () =>
    fc.assert(
      fc.property(rule, instant, (r, at) => {
        const name = gasDayOf(at, r);
        const { from, to } = gasDayBounds(name, r);
        expect(from <= at && at < to).toBe(true);
        expect(gasDayBounds(gasDayPlus(name, 1), r).from).toBe(to);
      }),
    ));

  it('the hours of a day add up to the day', () =>
    fc.assert(
      fc.property(rule, instant, (r, at) => {
        const bounds = gasDayBounds(gasDayOf(at, r), r);
        const hours = hoursOf(bounds);
        expect(hours[0]?.from).toBe(bounds.from);
        expect(hours.at(-1)?.to).toBe(bounds.to);
        hours.forEach((h, i) => {
          expect(h.to - h.from).toBeLessThanOrEqual(MICROS_PER_HOUR);
          if (i > 0) expect(h.from).toBe(hours[i - 1]?.to);
        });
      }),
    ));

  it('counts days across a month', () =>
    expect(gasDaysBetween(day('2026-02-27'), day('2026-03-02'))).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ]));
});
