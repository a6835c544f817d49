import type { WritingFacts } from '../write/outbox';
import { metric } from './metric';

/** What became of what was to be written. */
export const writingMetrics = (facts: WritingFacts): string[] => [
  metric('written_rows_total', 'counter', 'Rows written to the database', [['', facts.written]]),
  metric('waiting_rows', 'gauge', 'Rows in memory that wait for the database or the spool', [
    ['', facts.waitingRows],
  ]),
  metric('refused_entries_total', 'counter', 'Rows the database refused for what they are', [
    ['', facts.refused],
  ]),
  metric('lost_rows_total', 'counter', 'Rows lost to a full spool', [['', facts.lostToFullSpool]]),
  metric(
    'not_written_rows_total',
    'counter',
    'Rows that were not taken, by cause',
    [...facts.lostByCause].map(([cause, count]): [string, number] => [`{cause="${cause}"}`, count]),
  ),
  metric('spool_damaged_entries_total', 'counter', 'Entries of the spool that the disk damaged', [
    ['', facts.damagedEntries],
  ]),
  metric(
    'spool_unreadable_segments',
    'gauge',
    'Segments of the spool that cannot be read; each is looked at again every minute',
    [['', facts.unreadableSegments]],
  ),
  metric('disk_failing', 'gauge', '1 while the disk takes nothing', [
    ['', facts.diskTrouble === null ? 0 : 1],
  ]),
];

/** The same for a person. */
export const writingTroubles = ({
  refused,
  diskTrouble,
  waitingRows,
  damagedEntries,
  unreadableSegments,
}: WritingFacts): (string | null)[] => [
  diskTrouble === null ? null : `the disk fails (${diskTrouble}), ${waitingRows} rows wait in memory`,
  refused > 0 ? `${refused} rows were refused by the database and set aside` : null,
  damagedEntries > 0 ? `${damagedEntries} entries of the spool were damaged on the disk` : null,
  unreadableSegments > 0 ? `${unreadableSegments} segments of the spool cannot be read` : null,
];
