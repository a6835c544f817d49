import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import fc from 'fast-check';
import {
  NORMAL,
  letterOf,
  limitAlarms,
  outstanding,
  reduce,
  standingOf,
  type AlarmInput,
  type AlarmState,
  type AlarmTransition,
} from '../src/index';
import { outletHigh } from './script';

const at = (s: number): Micros => (s * MICROS_PER_SECOND) as Micros;
const by = { actor: 'li', comment: '' };

type Step = (now: number, state: AlarmState) => AlarmInput;
const value = fc.constantFrom(0.3, 0.35, 0.365, 0.37, 0.4);
const quality = fc.constantFrom(0, 0, 0, 0x40000000, -1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(value, quality)
      .map(([v, q]): Step => (now) => ({ kind: 'value', at: at(now), value: v, quality: q })),
  },
  { weight: 3, arbitrary: fc.constant<Step>((now) => ({ kind: 'tick', now: at(now) })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('station' as const, 'dispatch' as const), fc.nat(3))
      .map(([position, off]): Step => (now, state) => ({
        kind: 'acknowledge',
        at: at(now),
        position,
        occurrence: Math.max(0, state.occurrence - (off === 3 ? 1 : 0)),
        ...by,
      })),
  },
  fc.nat(60).map((s): Step => (now) => ({ kind: 'shelve', at: at(now), until: at(now + s), ...by })),
  fc
    .constantFrom(
      'unshelve' as const,
      'unsuppress' as const,
      'outOfService' as const,
      'inService' as const,
      'reset' as const,
    )
    .map((kind): Step => (now) => ({ kind, at: at(now), ...by })),
  fc.constant<Step>((now) => ({ kind: 'suppress', at: at(now), by: 'esd', ...by })),
);
const life = fc.array(fc.tuple(fc.nat(20), step), { maxLength: 60 });
const definition = fc.constantFrom(
  outletHigh,
  { ...outletHigh, latching: 'operatorResets' as const },
  { ...outletHigh, onDelay: 0, offDelay: 0 },
);

interface Seen {
  before: AlarmState;
  input: AlarmInput;
  after: AlarmState;
  events: readonly AlarmTransition[];
}

const live = (d: typeof outletHigh, steps: [number, Step][]): Seen[] => {
  let state: AlarmState = NORMAL;
  let now = 0;
  return steps.map(([wait, make]) => {
    now += wait;
    const before = state;
    const input = make(now, state);
    const result = reduce(d, state, input);
    if (result.ok) state = result.state;
    return { before, input, after: state, events: result.ok ? result.events : [] };
  });
};
const durable = ({ pending: _p, observedAt: _o, subject: _s, ...rest }: AlarmState) => rest;
const holds = (check: (seen: Seen[]) => boolean | void) =>
  fc.assert(
    fc.property(definition, life, (d, steps) => check(live(d, steps))),
    { numRuns: 300 },
  );

describe('whatever happens', () => {
  test('only the station, naming the present occurrence, takes away what is unacknowledged', () =>
    holds((seen) =>
      seen.every(({ before, after, input }) => {
        const taken = !before.acknowledged && after.acknowledged;
        return (
          !taken ||
          (input.kind === 'acknowledge' &&
            input.position === 'station' &&
            input.occurrence === before.occurrence)
        );
      }),
    ));

  test('occurrences only grow, one at a time, each with its raised event', () =>
    holds((seen) =>
      seen.every(({ before, after, events }) => {
        const raised = events.filter((e) => e.kind === 'raised').map((e) => e.occurrence);
        return (
          after.occurrence === before.occurrence + raised.length &&
          raised.every((o, i) => o === before.occurrence + i + 1)
        );
      }),
    ));

  test('the newest event carries the state: nothing durable changes without one', () =>
    holds((seen) => {
      let journal: AlarmState = NORMAL;
      for (const { after, events } of seen) {
        journal = events.at(-1)?.state ?? journal;
        expect(durable(after)).toEqual(durable(journal));
      }
    }));

  test('a Bad value changes nothing durable but what was already due', () =>
    holds((seen) =>
      seen.every(({ before, input, after }) => {
        if (input.kind !== 'value' || input.quality >= 0 || before.pending !== null) return true;
        return JSON.stringify(durable(before)) === JSON.stringify(durable(after));
      }),
    ));

  test('active and unmasked without acknowledgement is B, and never A', () =>
    holds((seen) => seen.every(({ after }) => !after.active || letterOf(after) !== 'A')));

  test('a position that has noted is not outstanding, and a new occurrence asks both', () =>
    holds((seen) =>
      seen.every(
        ({ after, events }) =>
          events.at(-1)?.kind !== 'raised' || JSON.stringify(outstanding(after)) === '["station","dispatch"]',
      ),
    ));
});

test('ticks between the values do not change what is raised and when', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), value, quality), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(values, fc.array(fc.nat(19), { minLength: 40, maxLength: 40 }), (steps, ticks) => {
      const run = (ticking: boolean) => {
        let state: AlarmState = NORMAL;
        let now = 0;
        const events: string[] = [];
        const take = (input: AlarmInput) => {
          const result = reduce(outletHigh, state, input);
          if (!result.ok) return;
          state = result.state;
          events.push(...result.events.map((e) => `${e.kind}@${e.at}`));
        };
        steps.forEach(([wait, v, q], i) => {
          if (ticking) take({ kind: 'tick', now: at(now + Math.min(ticks[i] ?? 0, wait)) });
          take({ kind: 'value', at: at((now += wait)), value: v, quality: q });
        });
        return events;
      };
      expect(run(true)).toEqual(run(false));
    }),
  );
});

describe('where a value stands', () => {
  test.each([
    ['H', 0.37, 0.37, 'beyond'],
    ['H', 0.37, 0.3699, 'between'],
    ['H', 0.37, 0.359, 'inside'],
    ['L', 0.28, 0.28, 'beyond'],
    ['L', 0.28, 0.285, 'between'],
    ['L', 0.28, 0.291, 'inside'],
    ['LL', 0.25, 0, 'beyond'],
    ['HH', 0.38, 9, 'beyond'],
  ] as const)('%s %d, deadband 0.01, value %d: %s', (condition, limit, v, standing) =>
    expect(standingOf(condition, limit, 0.01, v)).toBe(standing),
  );
  test('without a deadband there is no between', () =>
    expect(standingOf('H', 5, 0, 4.999999)).toBe('inside'));
});

test('a tag has one alarm for each limit that is set; HH and LL are urgent', () => {
  const tag = { tagId: 1, key: 'a.b', stationId: 'a', name: outletHigh.name, unit: 'kPa' };
  const alarms = limitAlarms({ ...tag, limits: { L: 1, HH: 3, deadband: 0, onDelayS: 2, offDelayS: 0 } });
  expect(alarms.map((a) => [a.alarmId, a.limit, a.priority, a.onDelay])).toEqual([
    ['tag:a.b:L', 1, 2, 2_000_000],
    ['tag:a.b:HH', 3, 1, 2_000_000],
  ]);
});
