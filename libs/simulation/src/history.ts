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
  /** When nobody watched the plant (the product was stopped) while it ran on; the latest few. */
  readonly absences: readonly Absence[];
}

/** The plant ran on unwatched; `state` is what it was when the watching ended. */
export interface Absence {
  readonly fromMs: number;
  readonly toMs: number;
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
export function newRecord(nowMs: number, days: number, seed: number): PlantRecord {
  const liveFromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return {
    version: 1,
    seed,
    epochMs: gasDayStart(liveFromMs) - (days + 1) * DAY_MS,
    liveFromMs,
    scenarios: scriptedPast(liveFromMs),
    absences: [],
  };
}

type Past = Pick<PlantRecord, 'seed' | 'epochMs' | 'liveFromMs' | 'scenarios'>;

/**
 * The plant living from its epoch to its `liveFromMs`, yielded after every day so that the caller can breathe:
 * about two seconds of computing for 45 days.
 */
export function* livingHistory(record: Past): Generator<number, PlantRun> {
  const run = PlantRun.from(DEMO_PLANT, record.seed, record.epochMs);
  while (run.timeMs < record.liveFromMs) {
    run.advance(Math.min(run.timeMs + DAY_MS, record.liveFromMs), HISTORY_STEP_S, record.scenarios);
    yield run.timeMs;
  }
  return run;
}

/**
 * Readings of every tag from the plant's record, oldest first, up to `liveFromMs` at the latest. It yields, so that
 * the caller can write and report progress between; it reads nothing outside its arguments, so that the same record
 * gives the same values in every process: the simulator's live totalisers go on exactly where this ends.
 */
export function historyOf(record: Past, sampling: Sampling): Generator<HistorySample, PlantRun> {
  const run = PlantRun.from(DEMO_PLANT, record.seed, record.epochMs);
  return readings(run, Math.min(sampling.toMs, record.liveFromMs), sampling, record.scenarios);
}

/** Readings of the time nobody watched, as the plant itself caught up with it. */
export function absenceOf(
  record: Pick<PlantRecord, 'seed' | 'scenarios'>,
  absence: Absence,
  everyMin: number,
): Generator<HistorySample, PlantRun> {
  const run = PlantRun.resume(DEMO_PLANT, record.seed, absence.state);
  return readings(
    run,
    absence.toMs,
    { fromMs: absence.fromMs, toMs: absence.toMs, everyMin },
    record.scenarios,
  );
}

function* readings(
  run: PlantRun,
  toMs: number,
  sampling: Sampling,
  scenarios: readonly Scenario[],
): Generator<HistorySample, PlantRun> {
  const panel = new InstrumentPanel(run);
  for (;;) {
    const next = (Math.floor(run.timeMs / MINUTE_MS) + 1) * MINUTE_MS;
    if (next > toMs) return run;
    run.advance(next, HISTORY_STEP_S, scenarios);
    const every = sampling.fine && next >= sampling.fine.fromMs ? sampling.fine.everyMin : sampling.everyMin;
    if (next < sampling.fromMs || (next / MINUTE_MS) % every !== 0) continue;
    panel.readAll(scenarios);
    yield { timeMs: next, values: panel.values, status: panel.status };
  }
}

/** The same with a callback: for tests and short ranges. */
export function simulateHistory(
  record: Past,
  sampling: Sampling,
  onSample: (sample: HistorySample) => void,
): PlantRun {
  const all = historyOf(record, sampling);
  for (;;) {
    const next = all.next();
    if (next.done) return next.value;
    onSample(next.value);
  }
}

/** Where steps of a minute end and steps of a second begin when catching up with `nowMs`; a whole minute. */
export const catchUpMinutes = (nowMs: number): number => Math.floor(nowMs / MINUTE_MS - 5) * MINUTE_MS;

/** Catches up with the clock after an absence: steps of a minute, and of a second for the last few minutes. */
export function catchUp(run: PlantRun, nowMs: number, scenarios: readonly Scenario[]): void {
  if (catchUpMinutes(nowMs) > run.timeMs) run.advance(catchUpMinutes(nowMs), HISTORY_STEP_S, scenarios);
  run.advance(Math.floor(nowMs / 1_000) * 1_000, 1, scenarios);
}
