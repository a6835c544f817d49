import type { Micros, SourceId, TagId } from '@linepack/network';
import type {
  AlarmRepository,
  CoverageRepository,
  CoverageState,
  JournalEntry,
  JournalledEvent,
  SampleWriter,
  StoredAlarm,
} from '@linepack/store';
import { qualityOf, type Sample } from '@linepack/telemetry';

/** A sample as it is spooled: [tag id, source time in microseconds, quality, value]. */
export type SpooledSample = readonly [number, number, number, number | null];

/** What waits for the database: in memory, or in the spool while it is away. One order for all of it. */
export type Entry =
  | { readonly kind: 'samples'; readonly samples: readonly SpooledSample[] }
  | { readonly kind: 'journal'; readonly entries: readonly JournalEntry[] }
  /** States that changed without an event: a delay that began or ended. */
  | { readonly kind: 'states'; readonly states: readonly StoredAlarm[] }
  | {
      readonly kind: 'coverage';
      readonly sourceId: SourceId;
      readonly at: Micros;
      readonly state: CoverageState;
    };

export const spooled = (sample: Sample): SpooledSample => [
  sample.tagId,
  sample.ts,
  sample.quality,
  sample.value,
];
const sampleOf = ([tagId, ts, quality, value]: SpooledSample): Sample => ({
  tagId: tagId as TagId,
  ts: ts as Micros,
  quality: qualityOf(quality),
  value,
});

/** Rows an entry weighs in a batch; a row is the least that the database takes or refuses. */
export function weightOf(entry: Entry): number {
  switch (entry.kind) {
    case 'samples':
      return entry.samples.length;
    case 'journal':
      return entry.entries.length;
    case 'states':
      return entry.states.length;
    case 'coverage':
      return 1;
  }
}

/** Some of an entry's rows, from `from` on, without `to`. */
export function rowsOf(entry: Entry, from: number, to: number): Entry {
  switch (entry.kind) {
    case 'samples':
      return { ...entry, samples: entry.samples.slice(from, to) };
    case 'journal':
      return { ...entry, entries: entry.entries.slice(from, to) };
    case 'states':
      return { ...entry, states: entry.states.slice(from, to) };
    case 'coverage':
      return entry;
  }
}

/**
 * An entry as it was spooled, by this program or an earlier one. Up to format 1 there were no states, and all else was
 * as it is now; the rows themselves are the database's to judge.
 * @throws TypeError naming what was expected
 */
export function parseEntry(stored: unknown): Entry {
  const entry = stored as Record<string, unknown> | null;
  const rows = { samples: 'samples', journal: 'entries', states: 'states' }[String(entry?.['kind'])];
  const fits = rows ? Array.isArray(entry?.[rows]) : entry?.['kind'] === 'coverage' && 'sourceId' in entry;
  if (!fits) throw new TypeError('expected an entry of kind samples, journal, states or coverage');
  return stored as Entry;
}

/** Where entries end up. Writing the same entries again must be safe. */
export interface Destination {
  write(entries: readonly Entry[]): Promise<JournalledEvent[]>;
}

/** The database as destination. Adjacent samples go in one batch; the order between kinds is kept. */
export class DatabaseDestination implements Destination {
  constructor(
    private readonly samples: SampleWriter,
    private readonly alarms: AlarmRepository,
    private readonly coverage: CoverageRepository,
  ) {}

  async write(entries: readonly Entry[]): Promise<JournalledEvent[]> {
    const journalled: JournalledEvent[] = [];
    for (const run of runsOf(entries)) journalled.push(...(await this.writeRun(run)));
    return journalled;
  }

  private async writeRun(run: readonly Entry[]): Promise<JournalledEvent[]> {
    const samples = run.flatMap((e) => (e.kind === 'samples' ? e.samples.map(sampleOf) : []));
    if (samples.length > 0) await this.samples.write(samples);
    const states = run.flatMap((e) => (e.kind === 'states' ? e.states : []));
    if (states.length > 0) await this.alarms.saveStates(latestOf(states));
    for (const e of run) if (e.kind === 'coverage') await this.coverage.record(e.sourceId, e.at, e.state);
    const events = run.flatMap((e) => (e.kind === 'journal' ? e.entries : []));
    return events.length === 0 ? [] : this.alarms.append(events);
  }
}

/** Neighbours of one kind together. */
function runsOf(entries: readonly Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    if (last?.[0]?.kind === entry.kind) last.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/** An alarm's last state: one statement takes a row only once. */
const latestOf = (states: readonly StoredAlarm[]): StoredAlarm[] => [
  ...new Map(states.map((s) => [s.alarm.alarmId, s])).values(),
];
