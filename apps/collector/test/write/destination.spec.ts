import type { Micros, SourceId, TagId } from '@linepack/network';
import type {
  AlarmRepository,
  CoverageRepository,
  JournalEntry,
  SampleWriter,
  StoredAlarm,
} from '@linepack/store';
import type { Quality } from '@linepack/telemetry';
import { DatabaseDestination, rowsOf, spooled, type Entry } from '../../src/write/entry';

const sample = (tagId: number): Entry => ({
  kind: 'samples',
  samples: [spooled({ tagId: tagId as TagId, ts: 7 as Micros, quality: -3 as Quality, value: 0.5 })],
});
const journal = (eventId: string): Entry => ({
  kind: 'journal',
  entries: [{ event: { eventId } } as JournalEntry],
});
const delay = (alarmId: string, pendingKind: string): Entry => ({
  kind: 'states',
  states: [{ alarm: { alarmId }, pendingKind } as StoredAlarm],
});
const coverage = (sourceId: string): Entry => ({
  kind: 'coverage',
  sourceId: sourceId as SourceId,
  at: 9 as Micros,
  state: 'connected',
});

describe('the database as destination', () => {
  const asked: unknown[] = [];
  const note = (what: string) => (rows: unknown) => {
    asked.push([what, rows]);
    return Promise.resolve([]);
  };
  const destination = new DatabaseDestination(
    { write: note('samples') } as unknown as SampleWriter,
    {
      append: (entries: JournalEntry[]) => {
        asked.push(['journal', entries.map((e) => e.event.eventId)]);
        return Promise.resolve(entries.map(({ event }) => ({ ...event, seq: 1 })));
      },
      saveStates: note('states'),
    } as unknown as AlarmRepository,
    {
      record: (...all: unknown[]) => {
        asked.push(['coverage', ...all]);
        return Promise.resolve();
      },
    } as unknown as CoverageRepository,
  );
  beforeEach(() => (asked.length = 0));

  test('neighbours of one kind go together; the order between kinds is kept', async () => {
    const row = (tagId: number) => ({ tagId, ts: 7, quality: -3, value: 0.5 });
    const journalled = await destination.write([
      sample(1),
      sample(2),
      journal('a'),
      journal('b'),
      sample(3),
      coverage('s'),
      coverage('t'),
      journal('c'),
    ]);
    expect(asked).toEqual([
      ['samples', [row(1), row(2)]],
      ['journal', ['a', 'b']],
      ['samples', [row(3)]],
      ['coverage', 's', 9, 'connected'],
      ['coverage', 't', 9, 'connected'],
      ['journal', ['c']],
    ]);
    expect(journalled.map((j) => j.eventId)).toEqual(['a', 'b', 'c']);
  });

  test("of an alarm's delays only the last is written: one statement takes a row once", async () => {
    await destination.write([delay('a', 'on'), delay('b', 'on'), delay('a', 'off'), journal('e')]);
    expect(asked).toEqual([
      [
        'states',
        [
          { alarm: { alarmId: 'a' }, pendingKind: 'off' },
          { alarm: { alarmId: 'b' }, pendingKind: 'on' },
        ],
      ],
      ['journal', ['e']],
    ]);
  });

  test('nothing is nothing to write', async () => {
    expect(await destination.write([])).toEqual([]);
    expect(
      await destination.write([
        { kind: 'samples', samples: [] },
        { kind: 'states', states: [] },
      ]),
    ).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('an entry is cut by its rows', () => {
    const three: Entry = { kind: 'samples', samples: [sample(1), sample(2), sample(3)].flatMap(rows) };
    expect(rowsOf(three, 1, 3)).toEqual({
      kind: 'samples',
      samples: [...rows(sample(2)), ...rows(sample(3))],
    });
    expect(rowsOf(coverage('s'), 0, 1)).toEqual(coverage('s'));
  });
});

const rows = (entry: Entry) => (entry.kind === 'samples' ? entry.samples : []);
