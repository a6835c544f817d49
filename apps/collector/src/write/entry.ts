import type { Micros, SourceId, TagId } from '@linepack/network';
import type {
  AlarmRepository,
  CoverageRepository,
  CoverageState,
  JournalEntry,
  JournalledEvent,
  SampleWriter,
} from '@linepack/store';
import { qualityOf, type Sample } from '@linepack/telemetry';

/** A sample as it is spooled: [tag id, source time in microseconds, quality, value]. */
export type SpooledSample = readonly [number, number, number, number | null];

/** What waits for the database: in memory, or in the spool while it is away. One order for all of it. */
export type Entry =
  | { readonly kind: 'samples'; readonly samples: readonly SpooledSample[] }
  | { readonly kind: 'journal'; readonly entries: readonly JournalEntry[] }
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

/** Rows an entry weighs in a batch. */
export const weightOf = (entry: Entry): number =>
  entry.kind === 'samples' ? entry.samples.length : entry.kind === 'journal' ? entry.entries.length : 1;

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
