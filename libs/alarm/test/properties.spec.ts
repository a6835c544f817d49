import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import fc from 'fast-check';
import {
  NORMAL,
  disagreement,
  letterOf,
  limitObservation,
  outstanding,
  reduce,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type AlarmTransition,
  type Says,
} from '../src/index';
import { outletHigh } from './script';

const at = (s: number): Micros => (s * MICROS_PER_SECOND) as Micros;
const by = { actor: 'li', comment: '' };

/** Values of a device whose clock is 100 s behind and is set now and then, in their order of arrival. */
interface Seen {
  readonly before: AlarmState;
  readonly input: AlarmInput;
  readonly after: AlarmState;
  readonly events: readonly AlarmTransition[];
}
type Step = (now: number, state: AlarmState) => AlarmInput;

const reading = fc.record({
  value: fc.constantFrom(0.3, 0.35, 0.365, 0.37, 0.4),
  quality: fc.constantFrom(0, 0, 0, 0x40000000, -1),
  late: fc.constantFrom(0, 0, 0, 1, 7),
  session: fc.constantFrom(1, 1, 1, 2),
});
const observed =
  ({
    value,
    quality,
    late,
    session,
  }: {
    value: number;
    quality: number;
    late: number;
    session: number;
  }): Step =>
  (now) =>
    limitObservation(outletHigh, {
      at: at(now - late - 100 * session),
      receivedAt: at(now),
      clockSession: session,
      value,
      quality,
    });
const positions = fc.constantFrom('station' as const, 'dispatch' as const);
const verbs = fc.constantFrom(
  'unshelve' as const,
  'unsuppress' as const,
  'outOfService' as const,
  'inService' as const,
  'reset' as const,
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: reading.map(observed) },
  { weight: 3, arbitrary: fc.constant<Step>((now) => ({ kind: 'tick', now: at(now) })) },
  {
    weight: 2,
    arbitrary: fc.tuple(positions, fc.nat(3)).map(([position, off]): Step => (now, state) => ({
      kind: 'acknowledge',
      at: at(now),
      position,
      occurrence: Math.max(0, state.occurrence - (off === 3 ? 1 : 0)),
      ...by,
    })),
  },
  fc.nat(60).map((s): Step => (now) => ({ kind: 'shelve', at: at(now), until: at(now + s), ...by })),
  verbs.map((kind): Step => (now) => ({ kind, at: at(now), ...by })),
  fc.constant<Step>((now) => ({ kind: 'suppress', at: at(now), by: 'esd', ...by })),
);
const life = fc.array(fc.tuple(fc.nat(20), step), { maxLength: 60 });
const definitions = fc.constantFrom<AlarmDefinition>(
  outletHigh,
  { ...outletHigh, latching: 'operatorResets' as const },
  { ...outletHigh, onDelay: 0, offDelay: 0 },
);

function live(definition: AlarmDefinition, steps: readonly (readonly [number, Step])[]): Seen[] {
  let state: AlarmState = NORMAL;
  let now = 1_000;
  return steps.map(([wait, make]) => {
    now += wait;
    const before = state;
    const input = make(now, state);
    const result = reduce(definition, state, input);
    if (result.ok) state = result.state;
    return { before, input, after: state, events: result.ok ? result.events : [] };
  });
}
const durable = ({ pending: _p, ...rest }: AlarmState) => rest;
const holds = (check: (seen: Seen[], definition: AlarmDefinition) => boolean | void) =>
  fc.assert(
    fc.property(definitions, life, (d, steps) => check(live(d, steps), d)),
    { numRuns: 200 },
  );

describe('whatever happens', () => {
  test('S4 only the station, naming the present occurrence, takes away what is unacknowledged', () =>
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

  test('S2 occurrences only grow, one at a time, each with its raised event', () =>
    holds((seen) =>
      seen.every(({ before, after, events }) => {
        const raised = events.filter((e) => e.kind === 'raised').map((e) => e.occurrence);
        return (
          after.occurrence === before.occurrence + raised.length &&
          raised.every((o, i) => o === before.occurrence + i + 1)
        );
      }),
    ));

  test('S5 the newest event carries the state: the journal rebuilds it at any moment', () =>
    holds((seen) => {
      let journal: AlarmState = NORMAL;
      for (const { after, events } of seen) {
        journal = events.at(-1)?.state ?? journal;
        expect(durable(after)).toEqual(durable(journal));
      }
    }));

  test('S1 S4 the state is always one of the seven, and its fields fit each other', () =>
    holds((seen, definition) => {
      for (const { after } of seen) {
        expect('ABCDEFG').toContain(letterOf(after));
        expect(after.active && letterOf(after) === 'A').toBe(false);
        expect(after.active).toBe(after.occurrence > 0 && after.returnedAt === null);
        expect(after.activeSince === null).toBe(after.occurrence === 0);
        if (after.returnedAt !== null) expect(after.active).toBe(false);
        if (after.latched) expect(definition.latching).toBe('operatorResets');
        if (after.pending) expect(after.pending.kind).toBe(after.active ? 'return' : 'raise');
        if (after.pending?.standing === 'unknown') expect(after.pending.kind).toBe('raise');
      }
    }));

  test('Q1 a Bad value changes nothing durable but what was already due', () =>
    holds((seen) =>
      seen.every(({ before, input, after }) => {
        if (input.kind !== 'observation' || input.says !== 'unknown' || before.pending !== null) return true;
        if (before.shelvedUntil !== null && before.shelvedUntil <= input.receivedAt) return true;
        return JSON.stringify(durable(before)) === JSON.stringify(durable(after));
      }),
    ));

  test('C5 a command that was refused changes nothing', () =>
    fc.assert(
      fc.property(definitions, life, step, (definition, steps, last) => {
        const state = live(definition, steps).at(-1)?.after ?? NORMAL;
        const frozen = JSON.stringify(state);
        reduce(definition, state, last(5_000, state));
        expect(JSON.stringify(state)).toBe(frozen);
      }),
    ));

  test('S3 a position that has noted is not outstanding, and a new occurrence asks both', () =>
    holds((seen) =>
      seen.every(
        ({ after, events }) =>
          events.at(-1)?.kind !== 'raised' || JSON.stringify(outstanding(after)) === '["station","dispatch"]',
      ),
    ));

  test('A1 with ticks the audit finds nothing', () =>
    fc.assert(
      fc.property(definitions, life, (definition, steps) => {
        let last: Seen['input'] | null = null;
        let now = 1_000;
        const ticking = steps.flatMap(([wait, make]): [number, Step][] => [
          [wait, (n) => ({ kind: 'tick', now: at(n) })],
          [0, make],
          [0, (n) => ({ kind: 'tick', now: at(n) })],
        ]);
        for (const [i, { after, input }] of live(definition, ticking).entries()) {
          now += ticking[i]?.[0] ?? 0;
          if (input.kind === 'observation') last = input;
          if (last?.kind === 'observation' && i % 3 === 2)
            expect(disagreement(definition, after, last, at(now), at(0) + 1)).toBeNull();
        }
      }),
    ));
});

test('R3 ticks between the values do not change what is raised and when', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), reading), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(values, fc.array(fc.nat(19), { minLength: 40, maxLength: 40 }), (steps, ticks) => {
      const run = (ticking: boolean) => {
        let state: AlarmState = NORMAL;
        let now = 1_000;
        const events: string[] = [];
        const take = (input: AlarmInput) => {
          const result = reduce(outletHigh, state, input);
          if (!result.ok) return;
          state = result.state;
          events.push(...result.events.map((e) => `${e.kind}@${e.at}`));
        };
        steps.forEach(([wait, r], i) => {
          if (ticking) take({ kind: 'tick', now: at(now + Math.min(ticks[i] ?? 0, wait)) });
          now += wait;
          take(observed({ ...r, late: 0, session: 1 })(now, state));
        });
        return events;
      };
      expect(run(true)).toEqual(run(false));
    }),
  );
});

/*
 * An oracle that knows nothing of delays that run: it looks at the whole history of what was said, second by second.
 * Only for values that came without delay and were usable, so that nothing is left to judgement.
 */
test('R1 R4 raised and returned at the second an onlooker with the whole history names', () => {
  const history = fc.array(fc.constantFrom<Says>('holds', 'holds', 'ended', 'neither'), {
    minLength: 1,
    maxLength: 120,
  });
  fc.assert(
    fc.property(history, fc.nat(6), fc.nat(6), (said, onS, offS) => {
      const definition = { ...outletHigh, onDelay: at(onS), offDelay: at(offS) };
      let state: AlarmState = NORMAL;
      const actual: string[] = [];
      said.forEach((says, s) => {
        for (const input of [
          { kind: 'tick' as const, now: at(s) },
          { ...observed({ value: 0.4, quality: 0, late: 0, session: 0 })(s, state), says } as AlarmInput,
        ]) {
          const result = reduce(definition, state, input);
          if (!result.ok) throw new Error(result.detail);
          state = result.state;
          actual.push(...result.events.map((e) => `${e.kind}@${e.at / MICROS_PER_SECOND}`));
        }
      });
      expect(actual).toEqual(onlooker(said, onS, offS));
    }),
    { numRuns: 500 },
  );
});

function onlooker(said: readonly Says[], onS: number, offS: number): string[] {
  const events: string[] = [];
  let active = false;
  /** The second from which on the present run began to count. */
  let from = 0;
  for (let s = 0; s < said.length;) {
    const wanted: Says = active ? 'ended' : 'holds';
    const delay = active ? offS : onS;
    from = Math.max(from, s);
    // A run is what was said without a break; its last second lasts until the next word.
    if (said[from] !== wanted) {
      s = from + 1;
      from = s;
      continue;
    }
    let end = from;
    while (end < said.length && said[end] === wanted) end += 1;
    const up = from + delay;
    const isSeen = up < said.length && up <= end;
    if (!isSeen) {
      s = end;
      from = end;
      continue;
    }
    events.push(`${active ? 'returned' : 'raised'}@${up}`);
    active = !active;
    s = up;
    from = up;
  }
  return events;
}
