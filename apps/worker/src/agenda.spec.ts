import fc from 'fast-check';
import { Agenda } from './agenda';

const NAMES = ['a', 'b', 'c', 'd'] as const;
type Name = (typeof NAMES)[number];
const EVERY_MS: Readonly<Record<Name, number>> = { a: 10, b: 40, c: 100, d: 1_000 };
const PAUSE_MS = 60;

/** What happens around one run: time before it, its length, who asks for whom during it, how it ends. */
const turn = fc.record({
  idleMs: fc.integer({ min: 0, max: 30 }),
  lengthMs: fc.integer({ min: 0, max: 50 }),
  before: fc.subarray([...NAMES]),
  during: fc.subarray([...NAMES]),
  end: fc.constantFrom('well', 'well', 'badly'),
});

describe('agenda', () => {
  it('loses no request, holds pauses after failures, and lets nobody wait for two runs of another', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        let now = 0;
        const agenda = new Agenda(NAMES, now);
        const dueAt = new Map<Name, number>(NAMES.map((n) => [n, 0]));
        /** Since a task became due: who ran how often meanwhile. */
        const passed = new Map<Name, Map<Name, number>>(NAMES.map((n) => [n, new Map()]));
        const ask = (name: Name): void => {
          agenda.hurry(name, now);
          dueAt.set(name, Math.min(dueAt.get(name) as number, now));
        };
        for (const { idleMs, lengthMs, before, during, end } of turns) {
          now += idleMs;
          before.forEach(ask);
          const { name, dueAt: promised } = agenda.next() as { name: Name; dueAt: number };
          expect(promised).toBe(Math.min(...dueAt.values()));
          expect(promised).toBe(dueAt.get(name));
          now = Math.max(now, promised);
          for (const other of NAMES) {
            const ran = passed.get(other) as Map<Name, number>;
            if (other === name || (dueAt.get(other) as number) > now) ran.clear();
            else ran.set(name, (ran.get(name) ?? 0) + 1);
            // One run that was due before, and one more when both were due in the same millisecond.
            expect(Math.max(0, ...ran.values())).toBeLessThanOrEqual(2);
          }
          agenda.started(name);
          dueAt.set(name, Number.POSITIVE_INFINITY);
          during.forEach(ask);
          now += lengthMs;
          if (end === 'badly') {
            agenda.failed(name, now + PAUSE_MS);
            dueAt.set(name, now + PAUSE_MS);
          } else {
            agenda.ended(name, now + EVERY_MS[name]);
            dueAt.set(name, Math.min(dueAt.get(name) as number, now + EVERY_MS[name]));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of tasks due together takes the one that ran longest ago, even where one hurries itself on and on', () => {
    const agenda = new Agenda(['eager', 'patient'], 0);
    const order: string[] = [];
    for (let run = 0; run < 4; run++) {
      const { name } = agenda.next();
      order.push(name);
      agenda.started(name);
      if (name === 'eager') agenda.hurry(name, 0);
      agenda.ended(name, 0);
    }
    expect(order).toEqual(['eager', 'patient', 'eager', 'patient']);
  });

  it('refuses what is not there', () =>
    expect(() => new Agenda(['a'], 0).hurry('x', 0)).toThrow(/task x: expected one of a/));
});
