import {
  catchUp,
  catchUpMinutes,
  DEMO_PLANT,
  DEMO_SEED,
  DEMO_TARGETS,
  InstrumentPanel,
  livingHistory,
  newRecord,
  parseEffect,
  PlantRun,
  ScenarioError,
  type DayTruth,
  type PlantRecord,
  type Scenario,
} from '@linepack/simulation';
import { PlantFolder } from './plant-folder';

const HISTORY_DAYS = 45;
const ABSENCES_KEPT = 20;
const SAVE_EVERY_MS = 10_000;

/** What changed in one tick; indices into DEMO_TAGS. */
export interface Tick {
  readonly timeMs: number;
  readonly tags: readonly number[];
}

/** The demo city running by the clock, remembering itself in its folder. */
export class LivePlant {
  readonly panel: InstrumentPanel;
  private savedMs = 0;
  private newestDay: number;

  private constructor(
    private readonly folder: PlantFolder,
    private record: PlantRecord,
    private readonly run: PlantRun,
  ) {
    this.panel = new InstrumentPanel(run);
    this.panel.readAll(record.scenarios);
    this.newestDay = run.closedDays().at(-1)?.fromMs ?? 0;
  }

  /**
   * The plant of the folder, caught up with `nowMs`; or, in an empty folder, a new one with 45 days behind it.
   * `plant.json` is there when this is done.
   */
  static async open(folder: PlantFolder, nowMs: number): Promise<LivePlant> {
    const known = await folder.load();
    let record: PlantRecord;
    let run: PlantRun;
    if (known) {
      run = PlantRun.resume(DEMO_PLANT, known.record.seed, known.state, known.days);
      record = withAbsence(known.record, run, nowMs);
    } else {
      record = newRecord(nowMs, HISTORY_DAYS, DEMO_SEED);
      run = await finished(livingHistory(record));
    }
    catchUp(run, nowMs, record.scenarios);
    const plant = new LivePlant(folder, record, run);
    await folder.saveTruth(run.closedDays());
    await folder.saveState(run.state());
    await folder.saveRecord(record);
    return plant;
  }

  get timeMs(): number {
    return this.run.timeMs;
  }

  get scenarios(): readonly Scenario[] {
    return this.record.scenarios;
  }

  /** Closed gas days and the running one. */
  truth(): DayTruth[] {
    return this.run.truth();
  }

  /** Runs up to the clock. A clock that went back is waited for. */
  tick(nowMs: number): Tick {
    const since = this.run.timeMs;
    catchUp(this.run, nowMs, this.record.scenarios);
    const tags = this.run.timeMs > since ? this.panel.readDue(since, this.record.scenarios) : [];
    return { timeMs: this.run.timeMs, tags };
  }

  /** Writes down where the plant is now, at the end. */
  saveNow(): Promise<void> {
    return this.folder.saveState(this.run.state());
  }

  /** Writes down what is due. */
  async save(nowMs: number): Promise<void> {
    const newest = this.run.closedDays().at(-1)?.fromMs ?? 0;
    if (newest !== this.newestDay) {
      this.newestDay = newest;
      await this.folder.saveTruth(this.run.closedDays());
    }
    if (nowMs - this.savedMs < SAVE_EVERY_MS) return;
    this.savedMs = nowMs;
    await this.folder.saveState(this.run.state());
  }

  /**
   * Starts a scenario now.
   * @throws ScenarioError naming the field and what was expected
   */
  async start(name: string, parameters: Readonly<Record<string, string>>): Promise<Scenario> {
    const effect = parseEffect(name, parameters, DEMO_TARGETS);
    const scenario = {
      id: `${name}-${this.record.scenarios.length + 1}`,
      effect,
      fromMs: this.run.timeMs,
      toMs: null,
    };
    await this.remember([...this.record.scenarios, scenario]);
    return scenario;
  }

  /** Ends a running scenario. @throws ScenarioError when there is none with this id */
  async stop(id: string): Promise<Scenario> {
    const running = this.record.scenarios.filter((s) => s.toMs === null);
    const found = running.find((s) => s.id === id);
    if (!found) {
      const known = running.map((s) => s.id).join(', ');
      throw new ScenarioError(
        `scenario "${id}": expected ${known ? `one of ${known}` : 'a running one, but none runs'}`,
      );
    }
    const ended = { ...found, toMs: this.run.timeMs };
    await this.remember(this.record.scenarios.map((s) => (s === found ? ended : s)));
    return ended;
  }

  private async remember(scenarios: readonly Scenario[]): Promise<void> {
    this.record = { ...this.record, scenarios };
    // The state goes with it: a plant resumed from before the start would live those seconds with the leak.
    await this.folder.saveState(this.run.state());
    await this.folder.saveRecord(this.record);
  }
}

function withAbsence(record: PlantRecord, run: PlantRun, nowMs: number): PlantRecord {
  const toMs = catchUpMinutes(nowMs);
  if (toMs <= run.timeMs) return record;
  const absence = { fromMs: run.timeMs, toMs, state: run.state() };
  return { ...record, absences: [...record.absences, absence].slice(-ABSENCES_KEPT) };
}

/** Lets the process breathe (answer its health check) between the days of a long computation. */
async function finished<T>(steps: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
