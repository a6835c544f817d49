// What a figure may stand on, and what makes it say that it does not know.
import { CHINA_REFERENCE, DETAIL, type Compressibility } from '@linepack/gas';
import {
  balance,
  meterDay,
  meterHour,
  packAt,
  seriesOf,
  type Interval,
  type Leg,
  type LegSide,
  type MeterHour,
  type MeterReadings,
  type PipePack,
  type Sample,
} from '@linepack/loss';
import {
  MICROS_PER_SECOND,
  type Fraction,
  type LineCubicMetres,
  type MeterId,
  type Micros,
  type Percent,
  type PipeId,
  type StdCubicMetres,
} from '@linepack/network';

const MINUTE = 60 * MICROS_PER_SECOND;
const at = (minutes: number) => (minutes * MINUTE) as Micros;
const samples = (...rows: readonly (readonly [number, number])[]): Sample[] =>
  rows.map(([minute, value]) => ({ at: at(minute), value, quality: 0 }));
const idealGas: Compressibility = () => 1;
const meter = (totaliser: readonly Sample[], more: Partial<MeterReadings> = {}): MeterReadings => ({
  totaliser: seriesOf(totaliser),
  rolloverAt: 1_000_000,
  mostPerHour: 2_000,
  conversion: { kind: 'corrected', from: CHINA_REFERENCE, to: CHINA_REFERENCE, z: idealGas },
  maxAge: 15 * MINUTE,
  ...more,
});
const hour = { from: at(0), to: at(60) };

describe('a day of which an hour is not known', () => {
  const hours = [0, 1, 2].map((h): MeterHour => ({
    ...meterHour(meter(samples([h * 60, 0], [h * 60 + 30, 50], [h * 60 + 60, 100])), {
      from: at(h * 60),
      to: at(h * 60 + 60),
    }),
  }));
  it('has a volume when all are', () =>
    expect(meterDay(hours)).toMatchObject({ volume: 300, hoursMissing: 0 }));
  it.each([0, 1, 2])('has none when hour %d is missing, and counts it', (missing) => {
    const broken = hours.map((h, i) => (i === missing ? { ...h, volume: null } : h));
    expect(meterDay(broken)).toMatchObject({ volume: null, hoursMissing: 1 });
  });
  it('has none when there is no hour at all', () =>
    expect(meterDay([])).toMatchObject({ volume: null, shares: { missing: 1 } }));
});

describe('a reading at the end of an hour', () => {
  const end = (before: number, after: number) =>
    meterHour(meter(samples([0, 0], [20, 40], [60 - before, 80], [60 + after, 120])), hour).end?.inAge;
  it.each([
    ['15 minutes on either side', 15, 15, true],
    ['the one before is 16 minutes old', 16, 1, false],
    ['the one after comes 16 minutes later', 1, 16, false],
  ])('%s', (_name, before, after, inAge) => expect(end(before, after)).toBe(inAge));
});

describe('readings apart', () => {
  const between = (minutes: number) =>
    meterHour(meter(samples([0, 0], [10, 100], [10 + minutes, 300], [60, 400])), hour);
  it.each([
    [30, 1, []],
    [31, 29 / 60, ['gap']],
    [45, 15 / 60, ['gap']],
  ] as const)('by %d minutes', (minutes, measured, flags) => {
    const record = between(minutes);
    expect(record.flags).toEqual(flags);
    expect(record.shares.measured).toBeCloseTo(measured, 9);
    expect(record.shares.estimated).toBeCloseTo(1 - measured, 9);
    expect(record.volume).toBeCloseTo(400, 9);
  });
});

describe('time in which the source was away', () => {
  const steady = samples([-5, 0], [10, 150], [30, 350], [50, 550], [65, 700]);
  const record = (...away: readonly [number, number][]) =>
    meterHour(meter(steady, { away: away.map(([f, t]): Interval => ({ from: at(f), to: at(t) })) }), hour);
  it.each<[string, [number, number][], number]>([
    ['inside the hour', [[12, 24]], 12],
    ['across a reading', [[25, 35]], 10],
    ['into the hour', [[-30, 6]], 6],
    ['out of the hour', [[58, 500]], 2],
    [
      'twice',
      [
        [1, 2],
        [40, 42],
      ],
      3,
    ],
    ['all of it', [[-10, 90]], 60],
  ])('%s is estimated, and the volume as counted', (_name, away, minutes) => {
    const { shares, flags, volume } = record(...away);
    expect(shares.estimated).toBeCloseTo(minutes / 60, 9);
    expect(shares.measured).toBeCloseTo(1 - minutes / 60, 9);
    expect(flags).toEqual(['gap']);
    expect(volume).toBeCloseTo(600, 9);
  });
  it('before or after the hour says nothing of it', () =>
    expect(record([-30, 0], [60, 90])).toMatchObject({ flags: [], shares: { measured: 1, estimated: 0 } }));
});

describe('an uncorrected counter', () => {
  const counted = samples([0, 0], [30, 50], [60, 100]);
  const pressure = seriesOf(samples([0, 405.3], [30, 405.3], [60, 405.3]));
  const temperature = seriesOf(samples([0, 283.15], [30, 283.15], [60, 283.15]));
  it.each([
    ['pressure', [], temperature],
    ['temperature', pressure, []],
  ] as const)('has no volume without %s', (_name, p, t) => {
    const conversion = {
      kind: 'uncorrected',
      pressure: p,
      temperature: t,
      to: CHINA_REFERENCE,
      z: idealGas,
    } as const;
    expect(meterHour(meter(counted, { conversion }), hour)).toMatchObject({
      raw: 100,
      factor: null,
      volume: null,
      flags: ['noConditions'],
      shares: { measured: 0, missing: 1 },
    });
  });
});

describe('line pack', () => {
  const good = (value: number) => seriesOf(samples([-5, value], [5, value]));
  const pipe = {
    volume: 1_000 as LineCubicMetres,
    startPressure: good(3_600),
    endPressure: good(2_900),
    temperature: good(288.15),
    reference: CHINA_REFERENCE,
    z: DETAIL.of({ methane: 1 }),
    maxAge: 15 * MINUTE,
  };
  it('stands on three readings', () => expect(packAt(pipe, at(0))?.volume).toBeGreaterThan(0));
  it.each(['startPressure', 'endPressure', 'temperature'] as const)('is not assessable without %s', (key) =>
    expect(packAt({ ...pipe, [key]: [] }, at(0))).toBeUndefined(),
  );
  it.each(['startPressure', 'endPressure', 'temperature'] as const)(
    'nor where %s is nought or less',
    (key) => {
      for (const value of [0, -3])
        expect(packAt({ ...pipe, z: idealGas, [key]: good(value) }, at(0))).toBeUndefined();
    },
  );
});

describe('what the meters can prove of a balance', () => {
  const std = (value: number) => value as StdCubicMetres;
  const point = { at: at(0), value: 0 };
  const end = { value: 0, before: point, after: point, inAge: true };
  const leg = (side: LegSide, volume: number, u: number): Leg => ({
    meter: `${side} ${volume}` as MeterId,
    side,
    u: u as Fraction,
    day: {
      volume: std(volume),
      shares: { measured: 1, substituted: 0, estimated: 0, missing: 0 },
      flags: [],
      start: end,
      end,
      hoursMissing: 0,
    },
  });
  const rule = { limit: 1 as Percent, denominator: 'input', volumeFloor: std(0) } as const;
  const proof = (legs: readonly Leg[], packs: readonly PipePack[] = [], more: object = {}) => {
    const result = balance(legs, packs, { ...rule, ...more }, 'closed');
    if (!result.assessable) throw new Error(JSON.stringify(result.reasons));
    return result.proof;
  };

  // Two meters of U = 0.5 % (k = 2): u = 0.354 %, guard band 0.58 %.
  it.each([
    [499_000, 'compliant'],
    [498_000, 'compliant'],
    [497_500, 'inconclusive'],
    [492_200, 'inconclusive'],
    [492_000, 'breach'],
    [502_000, 'compliant'],
    [506_000, 'inconclusive'],
    [508_000, 'breach'],
  ] as const)('500 000 m³ in, %d m³ out: %s', (out, verdict) =>
    expect(proof([leg('input', 500_000, 0.0025), leg('output', out, 0.0025)]).verdict).toBe(verdict),
  );

  it('U95 of two equal meters is theirs times the root of two', () => {
    const { u95, guardBand } = proof([leg('input', 500_000, 0.0025), leg('output', 500_000, 0.0025)]);
    expect(u95).toBeCloseTo(0.5 * Math.SQRT2, 9);
    expect(guardBand).toBeCloseTo(1.645 * 0.25 * Math.SQRT2, 9);
  });

  it('every meter on the way out counts by its share, own use, vent and line pack too', () => {
    const legs = [
      leg('input', 500_000, 0.0025),
      leg('output', 280_000, 0.01),
      leg('output', 150_000, 0.004),
      leg('ownUse', 40_000, 0.02),
      leg('vent', 30_000, 0.03),
    ];
    const pack = { pipe: 'trunk' as PipeId, start: std(263_243), end: std(238_377) };
    const parts = [
      // What left the area, the pipe's change with it, over what came in: 475 134 of 500 000.
      0.950_268 * 500_000 * 0.0025,
      280_000 * 0.01,
      150_000 * 0.004,
      40_000 * 0.02,
      30_000 * 0.03,
      0.001_443 * 263_243,
      0.001_443 * 238_377,
    ];
    const u = Math.sqrt(parts.reduce((sum, part) => sum + part ** 2, 0));
    expect(proof(legs, [pack]).u95).toBeCloseTo((200 * u) / 500_000, 9);
    const wider = proof(legs, [pack], { denominator: 'inputAndLinePack' });
    expect(wider.u95).toBeCloseTo((200 * u) / (500_000 + 263_243), 9);
  });
});
