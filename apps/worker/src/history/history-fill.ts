import { setImmediate as breathe } from 'node:timers/promises';
import type { HistoryProgress } from '@linepack/contracts';
import { microsFromMs, type GasDay, type TagId, type TagKey } from '@linepack/network';
import { absenceOf, DEMO_PLANT, gasDayStart, historyOf, type PlantRecord } from '@linepack/simulation';
import {
  type ConfigRepository,
  type JobStateRepository,
  type RollupRepository,
  type SampleRepository,
  type SampleWriter,
} from '@linepack/store';
import { z } from 'zod';
import { batchesOf } from './history-batches';
import { historyTags } from './history-samples';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How far an empty history is filled, and how much of that by minute. */
export interface HistorySpan {
  readonly days: number;
  readonly fineDays: number;
}
export const DEMO_SPAN: HistorySpan = { days: 45, fineDays: 2 };
const COARSE_MIN = 10;
/** Buckets of one roll-up of all tags, a whole number of hours of either kind. */
const ROLL_BUCKETS = 60;
const JOB = 'demo-history';

const State = z.object({
  /** Which plant this history is of. */
  epochMs: z.number(),
  writtenToMs: z.number(),
  rolledToMs: z.number(),
  done: z.boolean(),
  /** Up to where the times in which nobody watched the plant are written down, too. */
  absencesToMs: z.number().default(0),
});
type State = z.infer<typeof State>;

export interface HistoryStores {
  readonly config: Pick<ConfigRepository, 'currentNetwork'>;
  readonly jobs: Pick<JobStateRepository, 'load' | 'save'>;
  readonly writer: Pick<SampleWriter, 'backfill' | 'write'>;
  readonly rollup: Pick<RollupRepository, 'beginAt' | 'rollGrid' | 'rollHours'>;
  readonly samples: Pick<SampleRepository, 'compressBefore'>;
}

/** Shares of the whole, for progress. */
const WRITING = 55;
const ROLLING = 85;

/**
 * Fills the demo's past from the simulation: 45 days, the last two by minute, older ones by ten minutes; then the
 * aggregates, and last the loss of every day. Each step is bounded and repeatable: a worker that is stopped goes on
 * where it was.
 */
export class HistoryFill {
  progress: HistoryProgress = { phase: 'none', percent: 0, detail: '' };

  constructor(
    private readonly stores: HistoryStores,
    private readonly onProgress: (progress: HistoryProgress) => void,
    private readonly span: HistorySpan = DEMO_SPAN,
  ) {}

  /** Whether the past of this plant is complete. */
  async isDone(record: PlantRecord): Promise<boolean> {
    return (await this.state(record)).done;
  }

  /** @param closeDays closes every gas day from the given one on */
  async run(
    record: PlantRecord,
    signal: AbortSignal,
    closeDays: (first: GasDay) => Promise<void>,
  ): Promise<void> {
    try {
      await this.steps(record, signal, closeDays);
    } catch (error) {
      this.tell({ phase: 'failed', percent: this.progress.percent, detail: String(error) });
      throw error;
    }
  }

  private async steps(
    record: PlantRecord,
    signal: AbortSignal,
    closeDays: (first: GasDay) => Promise<void>,
  ): Promise<void> {
    const today = gasDayStart(record.liveFromMs);
    const fromMs = today - this.span.days * DAY_MS;
    // A full hour, so that no bucket is half coarse and half fine.
    const fineFromMs = Math.floor((record.liveFromMs - this.span.fineDays * DAY_MS) / HOUR_MS) * HOUR_MS;
    let state = await this.state(record);
    if (!state.done) {
      await this.leavePastToMe(record);
      state = await this.write(record, state, { fromMs, fineFromMs }, signal);
      state = await this.roll(record, state, { fromMs, fineFromMs }, signal);
      if (signal.aborted) return;
      this.tell({ phase: 'running', percent: ROLLING, detail: 'loss' });
      await closeDays(demoGasDay(fromMs));
      if (signal.aborted) return;
      state = { ...state, done: true };
      await this.save(state);
    }
    await this.writeAbsences(record, state, signal);
    if (signal.aborted) return;
    this.tell({ phase: 'done', percent: 100, detail: '' });
  }

  private async write(
    record: PlantRecord,
    state: State,
    { fromMs, fineFromMs }: { fromMs: number; fineFromMs: number },
    signal: AbortSignal,
  ): Promise<State> {
    const tagIds = await this.tagIds();
    const start = Math.max(fromMs, state.writtenToMs + 1);
    const readings = historyOf(record, {
      fromMs: start,
      toMs: record.liveFromMs,
      everyMin: COARSE_MIN,
      fine: { fromMs: fineFromMs, everyMin: 1 },
    });
    const batches = batchesOf(readings, tagIds);
    let current = state;
    let { value: batch } = await batches.next();
    while (batch) {
      if (signal.aborted) return current;
      // The next batch is computed here while the database, another process, takes this one.
      const [next] = await Promise.all([batches.next(), this.stores.writer.backfill(batch.samples)]);
      current = { ...current, writtenToMs: batch.toMs };
      await this.save(current);
      const share = (batch.toMs - fromMs) / (record.liveFromMs - fromMs);
      this.tell({ phase: 'running', percent: WRITING * share, detail: 'samples' });
      batch = next.value;
    }
    current = { ...current, writtenToMs: record.liveFromMs };
    await this.save(current);
    return current;
  }

  /**
   * What the plant did while the product was stopped, as its own records would say it. The standing roll-up stands at
   * the moment of the stop and takes these readings like any others.
   */
  private async writeAbsences(record: PlantRecord, state: State, signal: AbortSignal): Promise<void> {
    const missing = record.absences.filter(({ toMs }) => toMs > state.absencesToMs);
    if (missing.length === 0) return;
    const tagIds = await this.tagIds();
    let current = state;
    for (const absence of missing) {
      const isLong = absence.toMs - absence.fromMs > this.span.fineDays * DAY_MS;
      for await (const { samples } of batchesOf(
        absenceOf(record, absence, isLong ? COARSE_MIN : 1),
        tagIds,
      )) {
        if (signal.aborted) return;
        await this.stores.writer.write(samples);
        this.tell({ phase: 'running', percent: 99, detail: 'absence' });
      }
      current = { ...current, absencesToMs: absence.toMs };
      await this.save(current);
    }
  }

  private async roll(
    record: PlantRecord,
    state: State,
    { fromMs, fineFromMs }: { fromMs: number; fineFromMs: number },
    signal: AbortSignal,
  ): Promise<State> {
    const tagIds = historyTags(await this.tagIds());
    let current = state;
    for (let at = Math.max(fromMs, state.rolledToMs); at < record.liveFromMs;) {
      if (signal.aborted) return current;
      const isCoarse = at < fineFromMs;
      // A reading holds until the next one; a little longer would hide an outage, a little shorter leave holes.
      const grid = isCoarse ? { widthS: COARSE_MIN * 60, holdS: COARSE_MIN * 60 } : { widthS: 60 };
      const limit = isCoarse ? fineFromMs : record.liveFromMs;
      const next = Math.min(at + ROLL_BUCKETS * grid.widthS * 1_000, limit);
      const window = [microsFromMs(at), microsFromMs(next)] as const;
      await this.stores.rollup.rollGrid(...window, { tagIds, ...grid });
      await this.stores.rollup.rollHours(...window, { tagIds });
      current = { ...current, rolledToMs: next };
      await this.save(current);
      const share = (next - fromMs) / (record.liveFromMs - fromMs);
      this.tell({ phase: 'running', percent: WRITING + (ROLLING - WRITING) * share, detail: 'aggregates' });
      at = next;
      await breathe();
    }
    return current;
  }

  /** The standing roll-up begins where this history ends: it takes readings ten minutes apart for an outage. */
  private async leavePastToMe({ liveFromMs }: PlantRecord): Promise<void> {
    await this.stores.rollup.beginAt(microsFromMs(liveFromMs));
  }

  private async tagIds(): Promise<Map<TagKey, TagId>> {
    const network = await this.stores.config.currentNetwork();
    if (!network) throw new Error('history: no network was imported yet');
    return new Map(network.tags.map(({ key, tagId }) => [key, tagId]));
  }

  private async state({ epochMs }: PlantRecord): Promise<State> {
    const fresh: State = { epochMs, writtenToMs: 0, rolledToMs: 0, done: false, absencesToMs: 0 };
    const kept = State.safeParse(await this.stores.jobs.load(JOB));
    return kept.success && kept.data.epochMs === epochMs ? kept.data : fresh;
  }

  private save(state: State): Promise<void> {
    return this.stores.jobs.save(JOB, state);
  }

  private tell(progress: HistoryProgress): void {
    this.progress = progress;
    this.onProgress(progress);
  }
}

/** The demo's gas day that starts at an instant, named by its local day. */
const demoGasDay = (startMs: number): GasDay =>
  new Date(startMs + DEMO_PLANT.utcOffsetS * 1_000).toISOString().slice(0, 10) as GasDay;
