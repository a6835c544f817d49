import { InstrumentPanel } from './demo-city/instrument-panel';
import { DEMO_PLANT } from './demo-city/plant';
import { PlantRun, type PlantState } from './plant-run';
import type { Scenario } from './scenarios';

export const DEMO_SEED = 20_260_801;
/** The physics of history and of catching up: steps on the grid of whole minutes. */
export const HISTORY_STEP_S = 60;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * What is written down of a demo plant (`plant.json` in the simulator's folder), enough for anybody to compute its
 * past again, value by value: history is a function of this record.
 */
export interface PlantRecord {
  readonly version: 1;
  readonly seed: number;
  /** When the plant began, at its initial pressures; a start of a gas day. */
  readonly epochMs: number;
  /** Where the computed history ends and live values begin; a whole minute. */
  readonly liveFromMs: number;
  /** Scripted before `liveFromMs`, started by people after. */
  readonly scenarios: readonly Scenario[];
  /** The plant at `liveFromMs` or later. */
  readonly state: PlantState;
}

/** One reading of all tags; arrays in the order of DEMO_TAGS, reused: copy what must last. */
export interface HistorySample {
  readonly timeMs: number;
  readonly values: Float64Array;
  /** OPC UA StatusCode, unsigned 32 bits. */
  readonly status: Uint32Array;
}

export interface Sampling {
  /** First and last instant wanted, epoch ms; readings stand on the grid of their interval. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whole minutes between readings. */
  readonly everyMin: number;
  /** From this instant on, closer readings. */
  readonly fine?: { readonly fromMs: number; readonly everyMin: number };
}

/** Start of the gas day that holds an instant, epoch ms. */
export function gasDayStart(timeMs: number): number {
  const shift = DEMO_PLANT.gasDayStartUtcS * 1_000;
  return Math.floor((timeMs - shift) / DAY_MS) * DAY_MS + shift;
}

/**
 * Scenarios of the demo's past, by gas days before the one that runs at `liveFromMs`: what the loss page should find.
 * The west gate's meter reads 1.3 % low five days back (level 1 above 1 %), the east trunk leaks a little for two
 * days sixteen days back (level 2 above 1 %), an instrument fails and a station drops out for a while.
 */
export function scriptedPast(liveFromMs: number): Scenario[] {
  const today = gasDayStart(liveFromMs);
  const at = (days: number, hours: number) => today - days * DAY_MS + hours * 3_600_000;
  return [
    {
      id: 'past-leak',
      effect: { name: 'leak', pipe: 'east-2', sizeMm: 4 },
      fromMs: at(16, 0),
      toMs: at(14, 0),
    },
    {
      id: 'past-bias',
      effect: { name: 'meter-bias', meter: 'gate-west.m-1', percent: -1.3 },
      fromMs: at(5, 0),
      toMs: at(4, 0),
    },
    {
      id: 'past-quality',
      effect: { name: 'bad-quality', target: 'reg-gaoxin.tt-201' },
      fromMs: at(9, 3),
      toMs: at(9, 9),
    },
    {
      id: 'past-offline',
      effect: { name: 'station-offline', station: 'ind-glass' },
      fromMs: at(7, 4),
      toMs: at(7, 6),
    },
  ];
}

/** A plant whose life begins `days` whole gas days (and one to settle) before today, ready to be run up to now. */
export function newRecord(nowMs: number, days: number, seed: number): Omit<PlantRecord, 'state'> {
  const liveFromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return {
    version: 1,
    seed,
    epochMs: gasDayStart(liveFromMs) - (days + 1) * DAY_MS,
    liveFromMs,
    scenarios: scriptedPast(liveFromMs),
  };
}

/** The plant at its `liveFromMs`, having lived from its epoch: about two seconds of computing for 45 days. */
export function liveHistory(record: Omit<PlantRecord, 'state'>): PlantRun {
  const run = PlantRun.from(DEMO_PLANT, record.seed, record.epochMs);
  run.advance(record.liveFromMs, HISTORY_STEP_S, record.scenarios);
  return run;
}

/**
 * Readings of every tag from the plant's record, oldest first, up to `liveFromMs` at the latest. It yields, so that
 * the caller can write and report progress between; it reads nothing outside its arguments, so that the same record
 * gives the same values in every process: the simulator's live totalisers go on exactly where this ends.
 */
export function* historyOf(
  record: Pick<PlantRecord, 'seed' | 'epochMs' | 'liveFromMs' | 'scenarios'>,
  sampling: Sampling,
): Generator<HistorySample, PlantRun> {
  const run = PlantRun.from(DEMO_PLANT, record.seed, record.epochMs);
  const panel = new InstrumentPanel(run);
  const toMs = Math.min(sampling.toMs, record.liveFromMs);
  while (run.timeMs + MINUTE_MS <= toMs) {
    run.step(HISTORY_STEP_S, record.scenarios);
    const t = run.timeMs;
    const every = sampling.fine && t >= sampling.fine.fromMs ? sampling.fine.everyMin : sampling.everyMin;
    if (t < sampling.fromMs || (t / MINUTE_MS) % every !== 0) continue;
    panel.readAll(record.scenarios);
    yield { timeMs: t, values: panel.values, status: panel.status };
  }
  return run;
}

/** The same with a callback: for tests and short ranges. */
export function simulateHistory(
  record: Pick<PlantRecord, 'seed' | 'epochMs' | 'liveFromMs' | 'scenarios'>,
  sampling: Sampling,
  onSample: (sample: HistorySample) => void,
): PlantRun {
  const readings = historyOf(record, sampling);
  for (;;) {
    const next = readings.next();
    if (next.done) return next.value;
    onSample(next.value);
  }
}

/** Steps of one second for the last quarter of an hour, of a minute before: catches up with the clock after an absence. */
export function catchUp(run: PlantRun, nowMs: number, scenarios: readonly Scenario[]): void {
  const fineMs = 15 * MINUTE_MS;
  if (nowMs - run.timeMs > fineMs)
    run.advance(Math.floor((nowMs - fineMs) / MINUTE_MS) * MINUTE_MS, HISTORY_STEP_S, scenarios);
  run.advance(Math.floor(nowMs / 1_000) * 1_000, 1, scenarios);
}
