import type { DayVerdict } from '@linepack/store';
import fc from 'fast-check';
import { standing, takenBack, type Told } from './standing';

const WEST = { id: 'west', name: { zh: '西线', en: 'West' } };
type Verdict = DayVerdict['verdict'];
const day = (number: number, verdict: Verdict): DayVerdict => ({
  areaId: WEST.id,
  gasDay: `2026-11-${String(number).padStart(2, '0')}`,
  verdict,
  lossPercent: verdict === 'breach' ? 1.4 : verdict === 'within' ? 0.4 : null,
  limitPercent: 1,
});
const [ok, breach, none] = ['within', 'breach', 'notAssessable'] as const;
/** Looks at what is stored after each of some steps: the verdicts of the days from the 1st on. */
const looks = (...steps: readonly (readonly Verdict[])[]): Told | undefined =>
  steps.reduce<Told | undefined>(
    (told, verdicts) =>
      standing(
        WEST,
        told,
        verdicts.map((v, i) => day(i + 1, v)),
        0,
      ),
    undefined,
  );
const said = (told: Told | undefined) =>
  told && [Number(told.condition.subject.slice(-2)), told.condition.active];

describe('what stands of an area', () => {
  it.each([
    ['the first day within', [[ok]], [1, false]],
    ['a breach', [[ok], [ok, breach]], [2, true]],
    ['the next day within ends it', [[breach], [breach, ok]], [2, false]],
    ['the next day in breach is another subject', [[breach], [breach, breach]], [2, true]],
    ['a breach inside a batch is not lost', [[ok], [ok, breach, ok, ok]], [2, true]],
    ['and ends when the next day is closed', [[ok], [ok, breach, ok], [ok, breach, ok, ok]], [4, false]],
    ['the newest breach of a batch', [[breach, ok, breach, ok]], [3, true]],
    [
      'its own recalculation ends it',
      [
        [ok, breach],
        [ok, ok],
      ],
      [2, false],
    ],
    [
      'a later day of the batch becomes a breach',
      [
        [breach, ok, ok],
        [breach, ok, breach],
      ],
      [3, true],
    ],
    ['the day that stood within becomes a breach', [[ok], [breach]], [1, true]],
    [
      'an older day recalculated changes nothing',
      [
        [ok, ok],
        [breach, ok],
      ],
      [2, false],
    ],
    ['a day that is not assessable says nothing', [[breach], [breach, none]], [1, true]],
    ['nor does the first', [[none]], undefined],
    [
      'a breach found while another day closed',
      [
        [breach, ok],
        [breach, breach, ok],
      ],
      [2, true],
    ],
  ] as const)('%s', (_name, steps, expected) => expect(said(looks(...steps))).toEqual(expected));

  it('nothing closed changes nothing', () => expect(standing(WEST, undefined, [], 0)).toBeUndefined());

  it('looking again at the same finds the same, and says nothing new', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom(ok, breach, none), { maxLength: 8 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (steps) => {
          const told = looks(...steps);
          const again = looks(...steps, steps.at(-1)!);
          expect(again).toEqual(told);
          expect(again?.condition.at).toBe(told?.condition.at);
        },
      ),
    ));

  it('every day that came in breach is told as long as no day after it is closed later', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(ok, breach, none), { minLength: 1, maxLength: 20 }),
        fc.nat(19),
        (all, cut) => {
          const first = all.slice(0, cut);
          const told = looks(first, all);
          const newest = all.findLastIndex((v, i) => v === breach && i >= Math.min(cut, all.length));
          if (newest >= 0) expect(said(told)).toEqual([newest + 1, true]);
        },
      ),
    ));

  it('the figure of a day that stands follows its recalculation', () => {
    const before = looks([breach]);
    const worse = { ...day(1, 'breach'), lossPercent: 2.2 };
    expect(standing(WEST, before, [worse], 7)?.condition).toMatchObject({ active: true, value: 2.2, at: 7 });
  });

  it('is told in an order that grows, whatever our clock does, and stays while the same is told', () => {
    const breach1 = standing(WEST, undefined, [day(1, breach)], 5_000) as Told;
    const same = standing(WEST, breach1, [day(1, breach)], 6_000) as Told;
    const cured = standing(WEST, same, [day(1, ok)], 100) as Told;
    const gone = takenBack(standing(WEST, cured, [day(1, ok), day(2, breach)], 50) as Told, 20);
    expect([breach1, same, cured, gone].map((t) => t.condition.order)).toEqual([5_000, 5_000, 5_001, 5_003]);
    // A database that was restored has forgotten what was told since.
    expect(standing(WEST, cured, [day(2, breach)], 9_000)?.condition.order).toBe(9_000);
  });

  it('is taken back with the area, and told again should it come back', () => {
    const told = looks([ok, breach]) as Told;
    const gone = takenBack(told, 9);
    expect(gone.condition).toMatchObject({ active: false, subject: '2026-11-02', at: 9 });
    expect(takenBack(gone, 10)).toBe(gone);
    expect(said(standing(WEST, gone, [day(1, ok), day(2, breach)], 11))).toEqual([2, true]);
  });
});
