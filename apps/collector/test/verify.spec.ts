import type { Alarm } from '@linepack/contracts';
import type { Lease } from '@linepack/store';
import { verify } from '../src/alarm/verify';
import { alarmNamed, entryOf, storedOf } from './stored-alarm';

const raised = alarmNamed('gate');
const acknowledged = alarmNamed('gate', { letter: 'C', acknowledged: true });
const lease: Lease = { partition: 'gate', owner: 'a', epoch: 2 };

async function found(parts: {
  table: Alarm[];
  journal: { alarm: Alarm; epoch: number; superseded?: boolean }[];
  copy?: { alarm: Alarm; epoch: number };
}) {
  const lines: string[] = [];
  const journal = parts.journal.map(({ alarm, epoch, superseded }, i) => ({
    ownerEpoch: epoch,
    event: { ...entryOf(alarm, epoch).event, seq: i + 1, ...(superseded ? { superseded } : {}) },
  }));
  const { copy } = parts;
  const count = await verify({
    alarms: { tableAndJournal: async () => ({ table: parts.table, journal, events: journal.length }) },
    leases: { held: async () => [lease] },
    copy: () =>
      copy
        ? {
            folder: 'here',
            copy: {
              owner: 'a',
              partitions: [
                { partition: 'gate', epoch: copy.epoch, states: [storedOf(copy.alarm, copy.epoch)] },
              ],
            },
          }
        : null,
    print: (line) => lines.push(line),
  });
  return { count, lines };
}

describe('table, journal and copy held one against the other', () => {
  test('agree: both counts are said', async () => {
    const journal = [
      { alarm: raised, epoch: 1 },
      { alarm: acknowledged, epoch: 2 },
    ];
    expect(await found({ table: [acknowledged], journal, copy: { alarm: acknowledged, epoch: 2 } })).toEqual({
      count: 0,
      lines: [
        'table: 1 alarms',
        'journal: 2 events, 1 alarms',
        'copy in here: 1 alarms of 1 partitions',
        'no difference',
      ],
    });
  });

  test('evidence of an earlier owner counts for nothing', async () => {
    const journal = [
      { alarm: acknowledged, epoch: 2 },
      { alarm: raised, epoch: 1, superseded: true },
    ];
    expect((await found({ table: [acknowledged], journal })).count).toBe(0);
  });

  test('a table that differs from the journal: each difference is named', async () => {
    const { count, lines } = await found({ table: [raised], journal: [{ alarm: acknowledged, epoch: 2 }] });
    expect(count).toBe(2);
    expect(lines).toContain('tag:gate.p:H: letter is "B" in the table, "C" in the journal');
    expect(lines.at(-1)).toBe('2 differences');
  });

  test('a copy that differs from the table', async () => {
    const journal = [{ alarm: acknowledged, epoch: 2 }];
    const { lines } = await found({ table: [acknowledged], journal, copy: { alarm: raised, epoch: 2 } });
    expect(lines).toContain('tag:gate.p:H: letter is "B" in the copy, "C" in the table');
  });

  test('a copy of what another has taken over since is left alone', async () => {
    const journal = [{ alarm: acknowledged, epoch: 2 }];
    expect((await found({ table: [acknowledged], journal, copy: { alarm: raised, epoch: 1 } })).count).toBe(
      0,
    );
  });
});
