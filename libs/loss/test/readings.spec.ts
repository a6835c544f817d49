import { CHINA_REFERENCE, DETAIL, referenceState, type Compressibility } from '@linepack/gas';
import {
  meanOver,
  meterDay,
  meterHour,
  packAt,
  seriesOf,
  totaliserStep,
  valueAt,
  type MeterReadings,
  type Sample,
} from '@linepack/loss';
import { MICROS_PER_SECOND, type LineCubicMetres, type Micros } from '@linepack/network';
import fc from 'fast-check';

const MINUTE = 60 * MICROS_PER_SECOND;
const HOUR = 60 * MINUTE;
const at = (minutes: number) => (minutes * MINUTE) as Micros;
const GOOD = 0;
const BAD = -2_147_483_648;
const UNCERTAIN = 0x40000000;
/** Minute and value pairs, `null` for a bad sample. */
const samples = (...rows: readonly (readonly [number, number | null])[]): Sample[] =>
  rows.map(([minute, value]) => ({ at: at(minute), value, quality: value === null ? BAD : GOOD }));
const idealGas: Compressibility = () => 1;

const meter = (totaliser: readonly Sample[], more: Partial<MeterReadings> = {}): MeterReadings => ({
  totaliser: seriesOf(totaliser),
  rolloverAt: 1_000_000,
  mostPerHour: 2_000,
  conversion: { kind: 'corrected', from: CHINA_REFERENCE, to: CHINA_REFERENCE, z: idealGas },
  maxAge: 15 * MINUTE,
  ...more,
});
const firstHour = { from: at(0), to: at(60) };

describe('totaliser between two readings (rollover at 1 000 000, at most 500 m³ possible)', () => {
  it.each([
    ['counts on', 1_000, 1_400, 'forward', 400],
    ['stands still', 1_000, 1_000, 'forward', 0],
    ['rolls over', 999_900, 250, 'rollover', 350],
    ['rolls over to exactly 0', 999_900, 0, 'rollover', 100],
    ['is set to 0', 412_000, 120, 'reset', null],
    ['runs back a little', 412_000, 411_950, 'reverse', -50],
    ['leaps ahead', 1_000, 90_000, 'jump', null],
    ['leaps back', 412_000, 300_000, 'jump', null],
  ] as const)('%s', (_name, before, after, kind, volume) =>
    expect(totaliserStep(before, after, 1_000_000, 500)).toEqual({ kind, volume }),
  );

  it('finds any volume the meter can count, wherever the counter stands', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 500 }), (start, volume) => {
        const step = totaliserStep(start, (start + volume) % 1_000_000, 1_000_000, 500);
        expect(step.volume).toBe(volume);
      }),
    ));
});

describe('value at the cut-off', () => {
  const series = seriesOf(samples([0, 10], [10, 20], [20, null], [30, 60]));
  it.each([
    ['on a sample', 10, 20],
    ['between two samples', 5, 15],
    ['across a bad one', 20, 40],
  ])('%s', (_name, minute, expected) =>
    expect(valueAt(series, at(minute), 10 * MINUTE)?.value).toBeCloseTo(expected, 9),
  );
  it.each([
    ['before the first', -1],
    ['after the last: never carried on', 31],
    ['the neighbour is too old', 21],
  ])('not assessable: %s', (_name, minute) =>
    expect(valueAt(series, at(minute), 10 * MINUTE)).toBeUndefined(),
  );
  it('uncertain is usable, bad is not', () =>
    expect(
      seriesOf([
        { at: at(0), value: 1, quality: UNCERTAIN },
        { at: at(1), value: 2, quality: BAD },
      ]),
    ).toHaveLength(1));
  it('mean of a ramp', () =>
    expect(meanOver(series, { from: at(0), to: at(10) }, 10 * MINUTE)).toBeCloseTo(15, 9));
});

describe('hourly record', () => {
  it('is the difference of the counter at both full hours, interpolated', () => {
    const record = meterHour(
      meter(samples([-5, 950], [5, 1_050], [35, 1_400], [50, 1_550], [65, 1_700])),
      firstHour,
    );
    // 1 000 at 0:00 and 1 650 at 1:00; half an hour between readings is no gap yet.
    expect(record).toMatchObject({ flags: [], shares: { measured: 1 } });
    expect(record.raw).toBeCloseTo(650, 9);
    expect(record.start).toMatchObject({ value: 1_000, inAge: true });
    expect(record.end).toMatchObject({ value: 1_650, inAge: true });
  });

  it('across a rollover', () => {
    const record = meterHour(meter(samples([-5, 999_700], [5, 999_900], [35, 200], [65, 500])), firstHour);
    expect(record.volume).toBeCloseTo(100 + 300 + 250, 6);
    expect(record.flags).toEqual(['rollover']);
  });

  it('bridges a gap by the counter, marked as estimated, its ends out of age', () => {
    const record = meterHour(meter(samples([-60, 0], [120, 1_800])), firstHour);
    expect(record).toMatchObject({ volume: 600, flags: ['gap'], shares: { measured: 0, estimated: 1 } });
    expect(record.start?.inAge).toBe(false);
  });

  it('a reset without flow has no volume, never a small one', () => {
    const reset = samples([0, 500_000], [30, 500_300], [40, 5], [60, 205]);
    expect(meterHour(meter(reset), firstHour)).toMatchObject({
      volume: null,
      flags: ['reset'],
      shares: { missing: 1 },
    });
  });

  it('a reset with flow is filled from the flow for just that step, marked as substituted', () => {
    const reset = samples([0, 500_000], [30, 500_300], [40, 5], [60, 205]);
    const flow = seriesOf(
      samples([0, 600], [10, 600], [20, 600], [30, 600], [40, 600], [50, 600], [60, 600]),
    );
    const record = meterHour(meter(reset, { flow }), firstHour);
    expect(record.volume).toBeCloseTo(300 + 100 + 200, 9);
    expect(record.shares.substituted).toBeCloseTo(10 / 60, 9);
    expect(record.flags).toEqual(['reset']);
  });

  it('has no volume where the readings do not reach around the hour', () =>
    expect(meterHour(meter(samples([0, 0], [50, 500])), firstHour)).toMatchObject({
      volume: null,
      end: null,
    }));

  it('converts an uncorrected counter with the mean pressure and temperature of the hour', () => {
    const readings = meter(samples([0, 0], [30, 50], [60, 100]), {
      conversion: {
        kind: 'uncorrected',
        pressure: seriesOf(samples([0, 405.3], [30, 405.3], [60, 405.3])),
        temperature: seriesOf(samples([0, 283.15], [30, 283.15], [60, 283.15])),
        to: CHINA_REFERENCE,
        z: idealGas,
      },
    });
    const record = meterHour(readings, firstHour);
    expect(record.raw).toBeCloseTo(100, 9);
    expect(record.volume).toBeCloseTo(100 * 4 * (293.15 / 283.15), 6);
  });

  it('keeps the count but has no volume without pressure', () => {
    const readings = meter(samples([0, 0], [30, 50], [60, 100]), {
      conversion: { kind: 'uncorrected', pressure: [], temperature: [], to: CHINA_REFERENCE, z: idealGas },
    });
    expect(meterHour(readings, firstHour)).toMatchObject({ raw: 100, volume: null, flags: ['noConditions'] });
  });

  it("restates a corrector's 15 °C at the network's 20 °C: 1.75 % more", () => {
    const conversion = {
      kind: 'corrected',
      from: referenceState({ temperatureC: 15, pressureKPa: 101.325 }),
      to: CHINA_REFERENCE,
      z: idealGas,
    } as const;
    const record = meterHour(meter(samples([0, 0], [30, 500], [60, 1_000]), { conversion }), firstHour);
    expect(record.factor).toBeCloseTo(1.01735, 5);
  });
});

describe('hours add up to the counter', () => {
  it('whatever the readings and however often the counter rolls over, within 50 ppm', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 0, max: 300 })), {
          minLength: 60,
          maxLength: 200,
        }),
        fc.integer({ min: 0, max: 9_999 }),
        (steps, start) => {
          let [minute, count] = [-3, start];
          const readings: [number, number][] = [[minute, count]];
          for (const [minutes, volume] of steps) {
            minute += minutes;
            count += Math.min(volume, minutes * 30);
            readings.push([minute, count]);
          }
          const rolling = samples(...readings.map(([m, c]) => [m, c % 10_000] as const));
          const hours = Array.from({ length: Math.floor((minute - 1) / 60) }, (_, h) => ({
            from: (h * HOUR) as Micros,
            to: ((h + 1) * HOUR) as Micros,
          }));
          const whole = { from: at(0), to: at(hours.length * 60) };
          const steady = seriesOf(samples(...readings));
          const truth =
            (valueAt(steady, whole.to, HOUR)?.value ?? 0) - (valueAt(steady, whole.from, HOUR)?.value ?? 0);
          const records = hours.map((h) => meterHour(meter(rolling, { rolloverAt: 10_000 }), h));
          const day = meterDay(records);
          expect(Math.abs((day.volume ?? Number.NaN) - truth)).toBeLessThanOrEqual(
            Math.max(1e-6, truth * 50e-6),
          );
        },
      ),
    ));

  it('a hole between two records is refused', () => {
    const readings = meter(samples([0, 0], [60, 100], [120, 200], [180, 300]));
    const hours = [0, 120].map((m) => meterHour(readings, { from: at(m), to: at(m + 60) }));
    expect(() => meterDay(hours)).toThrow(/hourly records/);
  });
});

describe('line pack at the cut-off', () => {
  const pipe = {
    volume: ((Math.PI * 0.489 ** 2 * 40_000) / 4) as LineCubicMetres,
    startPressure: seriesOf(samples([-5, 3_500], [5, 3_700])),
    endPressure: seriesOf(samples([-5, 2_800], [5, 3_000])),
    temperature: seriesOf(samples([-5, 288.15], [5, 288.15])),
    reference: CHINA_REFERENCE,
    z: DETAIL.of({ methane: 1 }),
    maxAge: 15 * MINUTE,
  };
  it('is that of the interpolated state', () => {
    const pack = packAt(pipe, at(0));
    expect(pack?.meanPressure).toBeCloseTo(3_262.56, 2);
    expect(pack?.startPressure.value).toBeCloseTo(3_600, 9);
  });
  it('is not assessable when one pressure is too old', () => expect(packAt(pipe, at(20))).toBeUndefined());
  it.each([
    [
      'pressure',
      {
        startPressure: seriesOf(samples([0, 150_000], [1, 150_000])),
        endPressure: seriesOf(samples([0, 150_000], [1, 150_000])),
      },
    ],
    ['temperature', { temperature: seriesOf(samples([0, 3_000], [1, 3_000])) }],
  ])('is not assessable when the gas cannot have that %s', (_name, broken) =>
    expect(packAt({ ...pipe, z: DETAIL.of({ methane: 1 }), ...broken }, at(0))).toBeUndefined(),
  );
});

it('an uncorrected meter whose thermometer shows what no gas has is without conditions, not an exception', () => {
  const conversion = {
    kind: 'uncorrected',
    pressure: seriesOf(samples([0, 500], [15, 500], [30, 500], [45, 500], [60, 500])),
    temperature: seriesOf(samples([0, 0.15], [15, 0.15], [30, 0.15], [45, 0.15], [60, 0.15])),
    to: CHINA_REFERENCE,
    z: DETAIL.of({ methane: 1 }),
  } as const;
  const hour = meterHour(
    meter(samples([0, 0], [15, 10], [30, 20], [45, 30], [60, 40]), { conversion }),
    firstHour,
  );
  expect(hour).toMatchObject({ volume: null, raw: 40, flags: ['noConditions'] });
});
