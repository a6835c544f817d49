import type { Micros } from '@linepack/network';
import fc from 'fast-check';
import {
  ACKNOWLEDGED_BY,
  CLOCK_SKEW_LIMIT_S,
  NORMAL,
  PRIORITY,
  clockSkewAlarm,
  collectorAlarms,
  disagreement,
  firstValueAlarm,
  isMasked,
  letterOf,
  levelObservation,
  limitAlarms,
  limitObservation,
  isNews,
  lossAlarm,
  reduce,
  skewSays,
  sourceCommunication,
  standingOf,
  stationBadQuality,
  stationCommunication,
  stationIsBad,
  stationSilent,
  type AlarmState,
  type Pending,
} from '../src/index';
import { outletHigh, play } from './script';

const name = { zh: '甲站', en: 'Station A' };
const second = (s: number): Micros => (s * 1_000_000) as Micros;

describe('V1 where a value stands', () => {
  test.each([
    ['H', 0.37, 0.37, 'beyond'],
    ['H', 0.37, 0.3699, 'between'],
    ['H', 0.37, 0.359, 'inside'],
    ['L', 0.28, 0.28, 'beyond'],
    ['L', 0.28, 0.285, 'between'],
    ['L', 0.28, 0.291, 'inside'],
    ['LL', 0.25, 0, 'beyond'],
    ['LL', 0.25, 0.27, 'inside'],
    ['HH', 0.38, 9, 'beyond'],
    ['HH', 0.38, 0.36, 'inside'],
  ] as const)('V1 %s %d, deadband 0.01, value %d: %s', (condition, limit, v, standing) =>
    expect(standingOf(condition, limit, 0.01, v)).toBe(standing),
  );
  test('V1 back inside by exactly the deadband it has ended', () =>
    expect(standingOf('L', 4, 0.5, 4.5)).toBe('inside'));
  test('V1 without a deadband there is no between', () =>
    expect(standingOf('H', 5, 0, 4.9999)).toBe('inside'));

  const single = Math.fround;
  test.each([
    ['L', 0.28, 0.01, 0.29, 'inside'],
    ['H', 0.37, 0.01, 0.36, 'inside'],
    ['L', 0.1, 0.2, 0.1 + 0.2, 'inside'],
    ['H', -0.28, 0.01, -0.29, 'inside'],
    ['L', 0.28, 0.01, single(0.29), 'inside'],
    ['H', 0.37, 0.01, single(0.36), 'inside'],
    ['L', 0.28, 0.01, single(0.28), 'beyond'],
    ['HH', 0.38, 0.01, single(0.38), 'beyond'],
    ['H', 0.3, 0, 0.1 + 0.2 - 1e-16, 'beyond'],
    ['H', 0, 0, -1e-300, 'inside'],
    ['L', 0.28, 0.01, 0.289999, 'between'],
    ['L', 0.28, 0.01, 0.280001, 'between'],
    ['H', 1e6, 0.5, 999_999.7, 'between'],
  ] as const)('V1 %s %d, deadband %d, value %d at the edge: %s', (condition, limit, deadband, v, standing) =>
    expect(standingOf(condition, limit, deadband, v)).toBe(standing),
  );
  test('V1 both edges are met whatever decimals are written, in double or in single precision', () =>
    fc.assert(
      fc.property(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 1, max: 999 }), (l, d) => {
        for (const round of [Number, single]) {
          const edge = (of: number) => round(of / 1000);
          for (const condition of ['H', 'L'] as const) {
            const good = condition === 'H' ? -1 : 1;
            const standing = (v: number) => standingOf(condition, l / 1000, d / 1000, edge(v));
            expect([standing(l), standing(l + good * d)]).toEqual(['beyond', 'inside']);
            if (d > 1) expect(standing(l + good * (d - 1))).toBe('between');
          }
        }
      }),
    ));

  const of = (value: number | null, quality = 0) =>
    limitObservation(outletHigh, { at: second(5), receivedAt: second(6), clockSession: 3, value, quality });
  test('V1 Q1 Q3 what a value says of its limit', () => {
    expect([of(0.4), of(0.365), of(0.3), of(0.4, 0x40000000)].map((o) => o.says)).toEqual([
      'holds',
      'neither',
      'ended',
      'holds',
    ]);
    expect([of(0.4, -1), of(null)].map((o) => o.says)).toEqual(['unknown', 'unknown']);
    expect(of(0.4)).toMatchObject({ at: 5e6, receivedAt: 6e6, clockSession: 3, value: 0.4, limit: 0.37 });
    expect(of(0.4)).toMatchObject({ quality: 0, subject: null, definedAt: null });
  });
  test('V1 without a limit it says nothing', () => {
    const value = { at: second(0), receivedAt: second(0), clockSession: 1, value: 9, quality: 0 };
    expect(limitObservation({ ...outletHigh, limit: null }, value).says).toBe('unknown');
    expect(limitObservation({ ...outletHigh, condition: 'loss' }, value).says).toBe('unknown');
  });
});

test('V2 V7 a tag has one alarm for each limit that is set; HH and LL are urgent', () => {
  const tag = { tagId: 1, key: 'a.b', stationId: 'a', name, unit: 'kPa' };
  const alarms = limitAlarms({ ...tag, limits: { L: 1, HH: 3, deadband: 0.5, onDelayS: 2, offDelayS: 4 } });
  expect(alarms.map((a) => [a.alarmId, a.limit, a.priority, a.onDelay, a.offDelay])).toEqual([
    ['tag:a.b:L', 1, 2, 2_000_000, 4_000_000],
    ['tag:a.b:HH', 3, 1, 2_000_000, 4_000_000],
  ]);
  expect(alarms[0]).toMatchObject({ partition: 'a', stationId: 'a', tagId: 1, deadband: 0.5, unit: 'kPa' });
  expect(alarms[0]).toMatchObject({
    class: 'process',
    acknowledgedBy: 'station',
    latching: 'returnsByItself',
  });
  expect(alarms[0]).toMatchObject({ areaId: null, sourceId: null, name });
});

test('V2 beyond HH both H and HH stand', () => {
  const limits = { H: 4, HH: 5, deadband: 0, onDelayS: 0, offDelayS: 0 };
  const raised = limitAlarms({ tagId: 1, key: 'a.b', stationId: 'a', name, unit: '', limits }).map((d) => {
    const value = { at: second(0), receivedAt: second(0), clockSession: 1, value: 5.5, quality: 0 };
    const result = reduce(d, NORMAL, limitObservation(d, value));
    return [d.condition, result.ok && letterOf(result.state)];
  });
  expect(raised).toEqual([
    ['H', 'B'],
    ['HH', 'B'],
  ]);
});

describe('what speaks for a whole source or station', () => {
  const source = { id: 'plc', name, stationId: 'a' };
  const station = { id: 'a', name };

  test('V8 alarms of a source stay with the network, and name the one station that it feeds', () => {
    expect(sourceCommunication(source)).toMatchObject({
      alarmId: 'source:plc:communication',
      partition: 'network',
      stationId: 'a',
      sourceId: 'plc',
      tagId: null,
      areaId: null,
      name,
    });
    const shared = { ...source, stationId: null };
    for (const alarm of [sourceCommunication, clockSkewAlarm, firstValueAlarm].map((make) => make(shared)))
      expect(alarm).toMatchObject({ partition: 'network', stationId: null, sourceId: 'plc' });
    expect(stationCommunication(station)).toMatchObject({
      alarmId: 'station:a:communication',
      partition: 'a',
      stationId: 'a',
      sourceId: null,
    });
  });

  test('V3 a link that is back within two seconds calls nobody', () => {
    const { expected, actual } = play(
      stationCommunication(station),
      `
      0:00 breach x                | A 0
      0:01 cured                   | A 0
      0:10 breach x                | A 0
      0:11 tick                    | A 0
      0:12 tick                    | B 1 raised@0:12
      0:13 cured                   | D 1 returned@0:13
    `,
    );
    expect(actual).toEqual(expected);
    expect(sourceCommunication(source).onDelay).toBe(2_000_000);
  });

  test('V3 V4 how a station stands is at most one of its alarms', () => {
    const says = (['speaking', 'silent', 'bad', 'unknown'] as const).map((standing) => [
      standing,
      stationSilent(standing),
      stationIsBad(standing),
    ]);
    expect(says).toEqual([
      ['speaking', 'ended', 'ended'],
      ['silent', 'holds', 'ended'],
      ['bad', 'ended', 'holds'],
      ['unknown', 'neither', 'neither'],
    ]);
    expect(stationBadQuality(station)).toMatchObject({
      alarmId: 'station:a:badQuality',
      condition: 'badQuality',
      class: 'communication',
      priority: 2,
      partition: 'a',
      onDelay: 2_000_000,
      offDelay: stationCommunication(station).onDelay,
    });
  });
});

test('V5 a loss is told with its day', () => {
  const found = {
    alarmId: 'area:city:loss',
    areaId: 'city',
    stationId: null,
    priority: 3,
    name,
    unit: '%',
  } as const;
  const definition = lossAlarm('network', found);
  expect(definition).toMatchObject({ ...found, partition: 'network', class: 'loss', condition: 'loss' });
  const level = {
    at: second(1),
    receivedAt: second(2),
    clockSession: null,
    value: 1.5,
    limit: 1,
    subject: '2026-03-01',
  };
  const result = reduce(definition, NORMAL, levelObservation({ ...level, says: 'holds' }));
  expect(result.ok && result.state).toMatchObject({
    active: true,
    subject: '2026-03-01',
    value: 1.5,
    limit: 1,
  });
  const cured = result.ok && reduce(definition, result.state, levelObservation({ ...level, says: 'ended' }));
  // Returned and not acknowledged, it still names its day.
  expect(cured && cured.ok && cured.state).toMatchObject({ active: false, subject: '2026-03-01' });
});

test('V9 what is told of a loss is news when it counts more than what was told last', () => {
  expect([isNews(0, undefined), isNews(7, 6), isNews(6, 6), isNews(5, 6)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('R5 stored before subjects were, the same beginning is the same occurrence', () => {
  const definition = lossAlarm('network', {
    alarmId: 'area:city:loss',
    areaId: 'city',
    stationId: null,
    priority: 2,
    name,
    unit: '%',
  });
  const before: AlarmState = { ...NORMAL, occurrence: 1, active: true, activeSince: second(9) };
  const said = (at: number) =>
    levelObservation({
      says: 'holds',
      at: second(at),
      receivedAt: second(20),
      clockSession: null,
      value: 1.4,
      limit: 1,
      subject: '2026-03-01',
    });
  const same = reduce(definition, before, said(9));
  expect(same.ok && [same.state.occurrence, same.events]).toEqual([1, []]);
  const other = reduce(definition, before, said(10));
  expect(other.ok && [other.state.occurrence, other.state.subject]).toEqual([2, '2026-03-01']);
});

test('V6 V7 what is wrong with the watching is diagnostic, and dispatch answers for it', () => {
  const source = { id: 'plc', name, stationId: 'a' };
  const all = [clockSkewAlarm(source), firstValueAlarm(source), ...collectorAlarms()];
  expect(
    all.map((d) => [d.alarmId, d.class, d.condition, d.priority, d.acknowledgedBy, d.unit, d.limit]),
  ).toEqual([
    ['source:plc:clockSkew', 'diagnostic', 'clockSkew', 3, 'dispatch', 's', 30],
    ['source:plc:noFirstValue', 'diagnostic', 'noFirstValue', 2, 'dispatch', '', null],
    ['network:spoolFull', 'diagnostic', 'spoolFull', 1, 'dispatch', '', null],
    ['network:entrySetAside', 'diagnostic', 'entrySetAside', 2, 'dispatch', '', null],
  ]);
  expect([CLOCK_SKEW_LIMIT_S, clockSkewAlarm(source, 5).limit]).toEqual([30, 5]);
  const names = collectorAlarms().flatMap((d) => [d.name.zh, d.name.en]);
  expect([new Set(names).size, names.every((each) => each !== '')]).toEqual([4, true]);
  expect(collectorAlarms().every((d) => d.partition === 'network' && d.stationId === null)).toBe(true);
});

test.each([
  [0, 'ended'],
  [26.9, 'ended'],
  [-26.9, 'ended'],
  [27, 'neither'],
  [-29.9, 'neither'],
  [30, 'holds'],
  [-30, 'holds'],
] as const)('V6 R2 a clock %d s off with a limit of 30 s: %s', (skewS, says) =>
  expect(skewSays(skewS, 30)).toBe(says),
);

test('V7 the station answers for its process, dispatch for all else; HH, LL and a full spool are urgent', () => {
  expect(ACKNOWLEDGED_BY).toEqual({
    process: 'station',
    communication: 'dispatch',
    loss: 'dispatch',
    diagnostic: 'dispatch',
  });
  const urgent = Object.entries(PRIORITY).flatMap(([condition, p]) => (p === 1 ? [condition] : []));
  expect(urgent).toEqual(['HH', 'LL', 'spoolFull']);
});

describe('S1 the letter', () => {
  test.each([
    ['A', {}],
    ['B', { active: true, acknowledged: false }],
    ['C', { active: true }],
    ['D', { acknowledged: false }],
    ['B', { latched: true, acknowledged: false }],
    ['C', { latched: true }],
    ['F', { suppressedBy: 'esd' }],
    ['G', { outOfService: true, active: true }],
    ['E', { shelvedUntil: second(9), active: true }],
    ['F', { suppressedBy: 'esd', shelvedUntil: second(9) }],
    ['G', { outOfService: true, suppressedBy: 'esd', shelvedUntil: second(9) }],
  ] as const)('S1 %s', (letter, fields) => {
    expect(letterOf({ ...NORMAL, ...fields })).toBe(letter);
    expect(isMasked({ ...NORMAL, ...fields })).toBe('EFG'.includes(letter));
  });
});

describe('what a command is refused for', () => {
  const active: AlarmState = { ...NORMAL, occurrence: 2, active: true, acknowledged: false };
  const by = { at: second(9), actor: 'li', comment: '' };
  const acknowledge = { kind: 'acknowledge', ...by, position: 'station', occurrence: 2 } as const;
  const noted = { ...active, noted: { station: { by: 'wang', at: second(1), comment: '' }, dispatch: null } };
  test.each([
    [
      'C1 before the first occurrence',
      NORMAL,
      { ...acknowledge, occurrence: 0 },
      /^nothingToAcknowledge: .*never been raised/,
    ],
    [
      'C1 another occurrence',
      active,
      { ...acknowledge, occurrence: 1 },
      /^otherOccurrence: .*expected 2.*found 1/,
    ],
    ['C2 noted already', noted, acknowledge, /^nothingToAcknowledge: wang has already/],
    ['C4 nothing latched', active, { kind: 'reset', ...by }, /^nothingToReset: .*not latched/],
    [
      'C4 it still holds',
      { ...active, latched: true },
      { kind: 'reset', ...by },
      /^stillActive: .*still holds/,
    ],
    ['C5 not shelved', active, { kind: 'unshelve', ...by }, /^notShelved: .*not shelved/],
    ['C5 not suppressed', active, { kind: 'unsuppress', ...by }, /^notSuppressed: .*not suppressed/],
    ['C5 in service', active, { kind: 'inService', ...by }, /^notOutOfService: .*in service/],
    ['M4 its end is now', active, { kind: 'shelve', ...by, until: by.at }, /^termIsOver: until: expected/],
  ] as const)('C5 %s', (_, state, command, detail) => {
    const result = reduce(outletHigh, state, command);
    expect(result.ok ? 'done' : `${result.fault}: ${result.detail}`).toMatch(detail);
  });

  test('C2 an event says who, where and why', () => {
    const result = reduce(outletHigh, active, { ...acknowledge, comment: 'valve' });
    const note = { by: 'li', at: second(9), comment: 'valve' };
    expect(result.ok && result.events).toMatchObject([
      {
        kind: 'acknowledged',
        actor: 'li',
        position: 'station',
        comment: 'valve',
        occurrence: 2,
        at: second(9),
      },
    ]);
    expect(result.ok && result.state.noted).toEqual({ station: note, dispatch: null });
  });

  test.each([
    ['suppressed', { kind: 'suppress', ...by, by: 'esd' }],
    ['shelved', { kind: 'shelve', ...by, until: second(99) }],
    ['outOfService', { kind: 'outOfService', ...by }],
  ] as const)('M3 %s says who did it', (kind, command) => {
    const result = reduce(outletHigh, active, command);
    expect(result.ok && result.events).toMatchObject([{ kind, actor: 'li', comment: '', position: null }]);
  });
});

describe('the audit', () => {
  const seen = (value: number | null) =>
    limitObservation(outletHigh, {
      at: second(0),
      receivedAt: second(0),
      clockSession: 1,
      value,
      quality: value === null ? -1 : 0,
    });
  const active: AlarmState = { ...NORMAL, occurrence: 1, active: true, activeSince: second(0) };
  const waits: Pending = {
    kind: 'raise',
    since: second(0),
    receivedAt: second(0),
    clockSession: 1,
    standing: 'seen',
    value: 0.4,
    limit: 0.37,
    quality: 0,
    subject: null,
  };
  const raising = (more: Partial<Pending> = {}): AlarmState => ({
    ...NORMAL,
    pending: { ...waits, ...more },
  });
  const returning: AlarmState = { ...active, pending: { ...waits, kind: 'return' } };
  // On-delay 10 s, off-delay 5 s; a tick may be a second late.
  test.each([
    ['A1 normal and inside', NORMAL, 0.3, 99, null],
    ['A1 active and beyond', active, 0.4, 99, null],
    ['A1 beyond and not active', NORMAL, 0.4, 99, 'conditionWithoutAlarm'],
    ['A1 inside and active', active, 0.3, 99, 'activeWithoutCondition'],
    ['A1 the on-delay runs', raising(), 0.4, 10.9, null],
    ['A1 the on-delay is overdue', raising(), 0.4, 11, 'conditionWithoutAlarm'],
    ['A1 the off-delay runs', returning, 0.3, 5.9, null],
    ['A1 the off-delay is overdue', returning, 0.3, 6, 'activeWithoutCondition'],
    ['A1 a delay the other way', raising({ kind: 'return' }), 0.4, 1, 'conditionWithoutAlarm'],
    [
      'A1 a delay that waits for a usable value',
      raising({ standing: 'unknown' }),
      0.4,
      1,
      'conditionWithoutAlarm',
    ],
    ['A2 nothing usable', NORMAL, null, 99, null],
    ['A2 in the deadband', active, 0.365, 99, null],
    ['A2 in the deadband, not active', NORMAL, 0.365, 99, null],
    ['A2 out of service', { ...NORMAL, outOfService: true }, 0.4, 99, null],
    [
      'A1 shelved is still in service',
      { ...NORMAL, shelvedUntil: second(999) },
      0.4,
      99,
      'conditionWithoutAlarm',
    ],
  ] as const)('A1 A2 %s', (_, state, value, now, fault) =>
    expect(disagreement(outletHigh, state, seen(value), second(now), 1_000_000)).toBe(fault),
  );
});
