import { differences, replay, type JournalLine } from '../src/index';
import { alarm, entry } from './alarm-examples';

let seq = 0;
const line = (
  letter: 'B' | 'C' | 'D' | 'A',
  ownerEpoch = 1,
  more: { seq?: number; superseded?: boolean } = {},
): JournalLine => {
  const { event } = entry(alarm('tag:gate.p:H', { letter }), ownerEpoch);
  return { ownerEpoch, event: { ...event, seq: ++seq, ...more } };
};
const letterAfter = (...lines: JournalLine[]) => replay(lines).get('tag:gate.p:H')?.letter;

describe('the table as the journal has it', () => {
  test.each<[string, JournalLine[], string | undefined]>([
    ['nothing', [], undefined],
    ['raised, acknowledged', [line('B'), line('C')], 'C'],
    ['given in another order', [line('C', 1, { seq: 9 }), line('B', 1, { seq: 8 })], 'C'],
    ['an older owner journalled after a younger one', [line('C', 2), line('B', 1)], 'C'],
    ['evidence after everything', [line('C', 2), line('D', 1, { superseded: true })], 'C'],
    ['only evidence', [line('B', 1, { superseded: true })], undefined],
  ])('%s', (_, journal, letter) => {
    expect(letterAfter(...journal)).toBe(letter);
  });
});

describe('two tables held one against the other', () => {
  const one = alarm('tag:gate.p:H');
  const journal = (...alarms: (typeof one)[]) =>
    ['journal', new Map(alarms.map((a) => [a.alarmId, a]))] as const;

  test('that agree', () => {
    const { station, dispatch } = one.noted;
    const reordered = { ...one, name: { zh: '新', en: 'New' }, noted: { dispatch, station } };
    expect(differences(['table', [one]], journal(reordered))).toEqual([]);
  });

  test('that differ: each field is named', () => {
    const other = alarm('tag:gate.p:H', { letter: 'C', acknowledged: true });
    expect(differences(['table', [one]], journal(other))).toEqual([
      'tag:gate.p:H: acknowledged is false in the table, true in the journal',
      'tag:gate.p:H: letter is "B" in the table, "C" in the journal',
    ]);
  });

  test('with an alarm that only one of them has', () => {
    const [never, only] = [alarm('tag:gate.never:H', { occurrence: 0 }), alarm('tag:gate.only:H')];
    expect(differences(['table', [never, only]], journal(one))).toEqual([
      'tag:gate.only:H: in the table, but not in the journal',
      'tag:gate.p:H: in the journal, but not in the table',
    ]);
  });
});
