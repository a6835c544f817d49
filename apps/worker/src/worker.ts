import type { HistoryProgress, LossResult, PartStatus } from '@linepack/contracts';
import { MICROS_PER_SECOND, type GasDay, type Micros } from '@linepack/network';
import type { Logger } from 'pino';
import type { WorkerBus } from './bus';
import { HistoryFill, type HistorySpan } from './history/history-fill';
import { readPlantRecord } from './history/plant-record';
import { AreaDays } from './loss/area-day';
import { AreaFaults } from './loss/area-faults';
import { GasDayClose, SETTLING } from './loss/gas-day-close';
import { HourlyRecords } from './loss/hourly-records';
import { LossConditions } from './loss/loss-conditions';
import { Plans } from './loss/plans';
import { GridReadings, RangeReadings, RecordedAbsences, type Readings } from './loss/readings';
import { Schedule, type Task } from './schedule';
import { sleep, type Time } from './time';
import type { WorkerStore } from './worker-store';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Samples are rolled up this long after their time: most of them have arrived by then. */
const ROLL_GRACE = 60 * MICROS_PER_SECOND;
const LATE_MARKS_A_RUN = 200;
/** Chunks older than this are compressed: late data into them is still taken, only slower. */
const COMPRESS_AFTER = 3 * 86_400 * MICROS_PER_SECOND;
/** Between two bounded steps of heavy work, so that screens get their turn. */
const BREATH_MS = 20;

export interface WorkerParts {
  readonly store: WorkerStore;
  readonly bus: Pick<
    WorkerBus,
    'publishStatus' | 'publishCondition' | 'publishLossUpdated' | 'onConfigurationChanged' | 'deafTo'
  >;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly plantFile: string | undefined;
  readonly time: Time;
  readonly historySpan?: HistorySpan;
}

/** The scheduled work of one Linepack: history, roll-ups, hourly records, gas-day close, recalculation. */
export class Worker {
  private readonly clock: () => Micros;
  private readonly plans: Plans;
  private readonly conditions: LossConditions;
  private readonly faults: AreaFaults;
  private readonly close: GasDayClose;
  private readonly history: HistoryFill;
  private readonly schedule: Schedule;
  /** Beside the other tasks: a long one must not keep the world from hearing how things are. */
  private readonly reports: Schedule;
  private historyDone: boolean;
  private databaseUp = false;

  constructor(private readonly parts: WorkerParts) {
    const { store, bus, time } = parts;
    this.clock = () => time.now();
    this.plans = new Plans(store.config);
    this.conditions = new LossConditions(store.jobs, store.loss, (condition) =>
      bus.publishCondition(condition),
    );
    this.faults = new AreaFaults((area, error) => this.failed(`area ${area}`, error));
    this.close = this.closing(new GridReadings(store.samples));
    this.history = new HistoryFill(store, (progress) => this.tell(progress), parts.historySpan);
    this.historyDone = parts.plantFile === undefined;
    const failed = (task: string, error: unknown): void => this.failed(task, error);
    this.schedule = new Schedule(this.tasks(), failed, time);
    const report = { name: 'status', everyMs: 5 * SECOND, run: () => this.reportStatus() };
    this.reports = new Schedule([report], failed, time);
  }

  start(): void {
    this.parts.bus.onConfigurationChanged(() => {
      this.plans.forget();
      this.schedule.hurry('close');
    });
    this.reports.start();
    this.schedule.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.schedule.stop(), this.reports.stop()]);
  }

  /** What `/health` and the bus say of this process. */
  status(progress: HistoryProgress = this.history.progress): PartStatus {
    const failing = this.schedule.state().filter((task) => task.failures > 0);
    const { deafTo } = this.parts.bus;
    const faults = [
      ...failing.map(({ name, error }) => `${name}: ${error}`),
      ...this.faults.list(),
      ...(deafTo.length > 0 ? [`the bus refuses to let it hear ${deafTo.join(', ')}`] : []),
    ];
    return {
      part: 'worker',
      state: faults.length > 0 ? 'degraded' : this.historyDone ? 'up' : 'starting',
      at: this.clock(),
      detail: faults.join('; '),
      database: this.databaseUp ? 'up' : 'away',
      history: progress,
    };
  }

  private tasks(): Task[] {
    const after = (run: Task['run']): Task['run'] => {
      return (signal) => (this.historyDone ? run(signal) : Promise.resolve());
    };
    return [
      { name: 'resume', everyMs: Number.MAX_SAFE_INTEGER / 4, run: () => this.tellConditions() },
      { name: 'history', everyMs: SECOND, run: (signal) => this.fillHistory(signal) },
      { name: 'roll-up', everyMs: 20 * SECOND, run: after((signal) => this.rollUp(signal)) },
      { name: 'close', everyMs: 30 * SECOND, run: after((signal) => this.closeDays(signal)) },
      { name: 'recalculation', everyMs: 30 * SECOND, run: after((signal) => this.recalculate(signal)) },
      { name: 'provisional', everyMs: MINUTE, run: after((signal) => this.provisional(signal)) },
      { name: 'compression', everyMs: 10 * MINUTE, run: after(() => this.compress()) },
    ];
  }

  private closing(readings: Readings): GasDayClose {
    const { coverage, hours, loss, watermark } = this.parts.store;
    const records = new HourlyRecords(readings, new RecordedAbsences(coverage), hours, this.clock);
    return new GasDayClose({
      plans: this.plans,
      days: new AreaDays(readings, records),
      loss,
      watermark,
      faults: this.faults,
      clock: this.clock,
    });
  }

  private async fillHistory(signal: AbortSignal): Promise<void> {
    const { plantFile, store, time } = this.parts;
    if (this.historyDone || plantFile === undefined) return;
    const record = await readPlantRecord(plantFile);
    // The simulator writes its record within its first seconds; the next run looks again.
    if (!record) return;
    const started = time.monotonicMs();
    const fresh = !(await this.history.isDone(record));
    await this.history.run(record, signal, async (first) => {
      const close = this.closing(new RangeReadings(store.samples));
      await this.toldOf((closed) => close.closeDue(signal, first, closed));
    });
    if (signal.aborted) return;
    this.historyDone = true;
    const seconds = Math.round((time.monotonicMs() - started) / SECOND);
    if (fresh) this.parts.log.info({ seconds }, 'history is filled');
    this.tell(this.history.progress);
  }

  private async rollUp(signal: AbortSignal): Promise<void> {
    const until = (this.clock() - ROLL_GRACE) as Micros;
    const { store, time } = this.parts;
    while (!signal.aborted && !(await store.rollup.step(until)).done) await sleep(time, BREATH_MS);
  }

  private async closeDays(signal: AbortSignal): Promise<void> {
    await this.toldOf((closed) => this.close.closeDue(signal, undefined, closed));
  }

  private async recalculate(signal: AbortSignal): Promise<void> {
    const { marks: late } = this.parts.store;
    // A mark's own data is settled when marks stop growing; a batch that is still arriving is taken next time.
    const marks = (await late.toRecalculate(LATE_MARKS_A_RUN)).filter(
      (mark) => mark.receivedAt + SETTLING / 3 < this.clock(),
    );
    if (marks.length === 0) return;
    await this.toldOf((changed) => this.close.recalculate(marks, signal, changed));
    if (signal.aborted) return;
    await late.recalculated(marks);
    await late.removeFinished();
    this.schedule.hurry('recalculation');
  }

  private async provisional(signal: AbortSignal): Promise<void> {
    const results = await this.close.provisional(signal);
    this.tellUpdated(results);
  }

  private async compress(): Promise<void> {
    const compressed = await this.parts.store.samples.compressBefore(
      (this.clock() - COMPRESS_AFTER) as Micros,
      1,
    );
    if (compressed > 0) this.schedule.hurry('compression');
  }

  private async reportStatus(): Promise<void> {
    this.databaseUp = await this.parts.store.answers().then(
      () => true,
      () => false,
    );
    this.parts.bus.publishStatus(this.status());
  }

  private tell(progress: HistoryProgress): void {
    this.parts.bus.publishStatus(this.status(progress));
  }

  /** Tells of what was closed, also when the work failed after it: it is not closed a second time. */
  private async toldOf(work: (closed: LossResult[]) => Promise<unknown>): Promise<void> {
    const closed: LossResult[] = [];
    try {
      await work(closed);
    } finally {
      this.tellUpdated(closed);
    }
    await this.tellConditions();
  }

  private async tellConditions(): Promise<void> {
    const { configured } = await this.plans.current(this.clock());
    await this.conditions.tell(configured, this.clock());
  }

  private tellUpdated(results: readonly LossResult[]): void {
    const days = new Set(results.map(({ gasDay, provisional }) => `${gasDay} ${provisional}`));
    for (const key of days) {
      const of = results.filter(({ gasDay, provisional }) => `${gasDay} ${provisional}` === key);
      const { gasDay, provisional } = of[0] as LossResult;
      this.parts.bus.publishLossUpdated({
        areaIds: of.map(({ areaId }) => areaId),
        gasDay: gasDay as GasDay,
        provisional,
      });
    }
  }

  private failed(task: string, error: unknown): void {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    this.parts.log.error(
      { task, error: message.slice(0, 500), stack: stack?.slice(0, 2_000) },
      'task failed',
    );
  }
}
