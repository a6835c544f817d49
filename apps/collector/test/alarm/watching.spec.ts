import type { CollectorTroubles, SourceState } from '@linepack/contracts';
import { definitionsOf } from '../../src/alarm/definitions';
import { Watching, type Others } from '../../src/alarm/watching';
import { AlarmPlant, configurationOf, type PlantTag } from './alarm-plant';

const gate: PlantTag = { id: 1, station: 'gate', source: 'plc' };
const SKEW = 'source:plc:clockSkew';
const FIRST = 'source:plc:noFirstValue';

const plc = (more: Partial<SourceState> = {}): SourceState => ({
  sourceId: 'plc',
  state: 'connected',
  since: 0,
  lastNotificationAt: null,
  monitored: 1,
  rejected: 0,
  error: null,
  skewS: 0,
  withoutFirstValue: 0,
  ...more,
});
const well = { spoolIsFull: false, spoolBytes: 0, setAside: 0 };
const word = (instance: string, more: Partial<CollectorTroubles> = {}): CollectorTroubles => ({
  instance,
  at: 0,
  ...well,
  ...more,
});
const alone: Others = { sources: [], collectors: [], areKnown: true };

const watched = (owned: 'owned' | 'not owned' = 'owned') => {
  const plant = new AlarmPlant('opcua', [gate], owned);
  const watching = new Watching(plant.engine);
  const configure = (clockSkewLimitS?: number): void => {
    const configuration = configurationOf([gate], 'opcua');
    const sources = configuration.sources.map((s) => ({
      ...s,
      ...(clockSkewLimitS ? { clockSkewLimitS } : {}),
    }));
    watching.configure(definitionsOf({ ...configuration, sources }));
  };
  configure();
  const say = (
    second: number,
    { sources = [plc()], own = {}, others = {} }: Partial<Said> = {},
  ): string[] => {
    plant.time.to(second);
    watching.say({ sources, troubles: word('own', own) }, { ...alone, ...others });
    return plant.events();
  };
  return { plant, say, configure };
};
interface Said {
  sources: readonly SourceState[];
  own: Partial<CollectorTroubles>;
  others: Partial<Others>;
}

describe('what one collector says of the watching', () => {
  test('is nothing while all is well', () => {
    const { plant, say } = watched();
    expect(say(0)).toEqual([]);
    expect(say(5)).toEqual([]);
    expect(plant.table('network')).toEqual([]);
  });

  test('a clock beyond its limit, said once, in either direction; it returns well inside', () => {
    const { say } = watched();
    const skewed = (skewS: number | null) => ({ sources: [plc({ skewS })] });
    expect(say(0, skewed(29))).toEqual([]);
    expect(say(5, skewed(-31))).toEqual([`${SKEW} raised 1 @5`]);
    for (const [s, skew] of [30, 28, null, 27.5].entries()) say(10 + s, skewed(skew));
    expect(say(20, skewed(20))).toEqual([`${SKEW} raised 1 @5`, `${SKEW} returned 1 @20`]);
  });

  test('tags without a first value, a full spool, an entry set aside', () => {
    const { plant, say } = watched();
    say(0, { sources: [plc({ withoutFirstValue: 2 })] });
    say(5, { own: { spoolIsFull: true, spoolBytes: 100 } });
    say(10, { own: { setAside: 1 } });
    expect(plant.events()).toEqual([
      `${FIRST} raised 1 @0`,
      `${FIRST} returned 1 @5`,
      'network:spoolFull raised 1 @5',
      'network:spoolFull returned 1 @10',
      'network:entrySetAside raised 1 @10',
    ]);
    expect(plant.journal.map(({ event }) => event.value)).toEqual([2, 0, 100, 0, 1]);
    expect(plant.journal.every(({ event }) => event.state.class === 'diagnostic')).toBe(true);
  });

  test("a clock is judged by the limit that the source's own configuration names", () => {
    const { say, configure } = watched();
    configure(5);
    expect(say(0, { sources: [plc({ skewS: 6 })] })).toEqual([`${SKEW} raised 1 @0`]);
    expect(say(5, { sources: [plc({ skewS: 4.4 })] })).toHaveLength(2);
  });

  test('of a source that cannot be heard nothing is known: what was said stays', () => {
    const { say } = watched();
    say(0, { sources: [plc({ withoutFirstValue: 2 })] });
    say(5, { sources: [plc({ state: 'connecting', error: 'gone' })] });
    expect(say(10, { sources: [] })).toEqual([`${FIRST} raised 1 @0`]);
  });
});

test('a source that is back and has not told all its tags yet is not said to have no tag without a value', () => {
  const { say } = watched();
  const { withoutFirstValue: _, ...undecided } = plc();
  say(0, { sources: [plc({ withoutFirstValue: 2 })] });
  say(5, { sources: [plc({ state: 'connecting', error: 'gone' })] });
  say(10, { sources: [undecided] });
  expect(say(15, { sources: [plc({ withoutFirstValue: 2 })] })).toEqual([`${FIRST} raised 1 @0`]);
  expect(say(20, { sources: [plc()] })).toHaveLength(2);
});

describe('what other collectors say of the watching', () => {
  test('is raised by the owner of the alarm, and returned when none says it any more', () => {
    const { say } = watched();
    say(0, { sources: [], others: { sources: [plc({ skewS: 31, withoutFirstValue: 1 })] } });
    say(5, {
      sources: [],
      others: { collectors: [word('b', { spoolIsFull: true, spoolBytes: 7 }), word('c')] },
    });
    say(10, {
      sources: [],
      others: { collectors: [word('b', { setAside: 1 })], sources: [plc({ skewS: 28 })] },
    });
    say(15, { sources: [], others: { collectors: [word('b')], sources: [plc()] } });
    expect(say(20)).toEqual([
      `${SKEW} raised 1 @0`,
      `${FIRST} raised 1 @0`,
      'network:spoolFull raised 1 @5',
      `${FIRST} returned 1 @10`,
      'network:spoolFull returned 1 @10',
      'network:entrySetAside raised 1 @10',
      `${SKEW} returned 1 @15`,
      'network:entrySetAside returned 1 @15',
    ]);
  });

  test('of several clocks and counts of one source the worst, and the sum', () => {
    const { plant, say } = watched();
    const sources = [plc({ skewS: -40, withoutFirstValue: 2 })];
    say(0, { sources: [plc({ skewS: 12, withoutFirstValue: 1 })], others: { sources } });
    expect(plant.journal.map(({ event }) => event.value)).toEqual([-40, 3]);
  });

  test('goes on when the source comes to another collector that knows nothing of it', () => {
    const { say } = watched();
    say(0, { sources: [plc({ skewS: 31, withoutFirstValue: 1 })] });
    say(5, { sources: [], others: { sources: [plc({ skewS: null, state: 'connecting' })] } });
    say(10, { sources: [], others: { sources: [plc({ skewS: 28, withoutFirstValue: 1 })] } });
    expect(say(15, { sources: [], others: { sources: [plc({ skewS: 0, withoutFirstValue: 0 })] } })).toEqual([
      `${SKEW} raised 1 @0`,
      `${FIRST} raised 1 @0`,
      `${SKEW} returned 1 @15`,
      `${FIRST} returned 1 @15`,
    ]);
  });

  test('is known to whoever takes the alarms over', () => {
    const { plant, say } = watched('not owned');
    say(0, {
      sources: [],
      others: { sources: [plc({ skewS: 31 })], collectors: [word('b', { setAside: 2 })] },
    });
    plant.own();
    expect(plant.events()).toEqual([`${SKEW} raised 1 @0`, 'network:entrySetAside raised 1 @0']);
  });

  test('nothing has ended as long as it was not listened to', () => {
    const before = watched();
    before.say(0, { own: { spoolIsFull: true } });
    const { plant, say } = watched('not owned');
    plant.own(2, before.plant.stored());
    say(5, { others: { areKnown: false } });
    expect(plant.events()).toEqual([]);
    expect(say(10, { own: { setAside: 1 }, others: { areKnown: false } })).toEqual([
      'network:entrySetAside raised 1 @10',
    ]);
    expect(say(15)).toEqual([
      'network:entrySetAside raised 1 @10',
      'network:spoolFull returned 1 @15',
      'network:entrySetAside returned 1 @15',
    ]);
  });
});
