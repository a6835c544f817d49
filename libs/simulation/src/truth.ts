import type { PlantDefinition } from './plant';

/** What has flowed since the start, in the plant's order of elements, standard m³. */
export interface Cumulative {
  readonly sources: number[];
  readonly regulators: number[];
  readonly offtakes: number[];
  readonly leaks: number[];
  readonly meters: { true: number; corrected: number; uncorrected: number }[];
  /** Gas in the network at this instant. */
  linePack: number;
}

/** The truth about one gas day: what no meter can know. Standard m³. */
export interface DayTruth {
  /** Local day it started on, YYYY-MM-DD. */
  readonly gasDay: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Covers the whole gas day. */
  readonly complete: boolean;
  readonly in: number;
  readonly out: number;
  readonly ownUse: number;
  readonly leak: number;
  readonly linePackStart: number;
  readonly linePackEnd: number;
  readonly sources: Readonly<Record<string, number>>;
  readonly offtakes: Readonly<Record<string, number>>;
  readonly leaks: Readonly<Record<string, number>>;
  readonly meters: Readonly<Record<string, { true: number; read: number; errorPercent: number }>>;
}

export const cumulative = (plant: PlantDefinition, leakSites: number): Cumulative => ({
  sources: plant.sources.map(() => 0),
  regulators: plant.regulators.map(() => 0),
  offtakes: plant.offtakes.map(() => 0),
  leaks: Array.from({ length: leakSites }, () => 0),
  meters: plant.meters.map((m) => ({
    true: 0,
    corrected: m.correctedStart,
    uncorrected: m.uncorrectedStart,
  })),
  linePack: 0,
});

type Moment = { timeMs: number; totals: Cumulative };

/** The balance between two moments. @param dayMs length of a whole gas day */
export function dayTruth(
  plant: PlantDefinition,
  leakSites: readonly string[],
  start: Moment,
  end: Moment,
  dayMs: number,
): DayTruth {
  const between = (pick: (c: Cumulative) => readonly number[], ids: readonly string[]) => {
    const before = pick(start.totals);
    const after = pick(end.totals);
    return Object.fromEntries(ids.map((id, k) => [id, (after[k] as number) - (before[k] as number)]));
  };
  const sum = (x: Record<string, number>) => Object.values(x).reduce((a, b) => a + b, 0);
  const sources = between(
    (c) => c.sources,
    plant.sources.map((s) => s.id),
  );
  const offtakes = between(
    (c) => c.offtakes,
    plant.offtakes.map((o) => o.id),
  );
  const leaks = between((c) => c.leaks, leakSites);
  const ownUse = plant.offtakes.reduce((a, o) => a + (o.kind === 'ownUse' ? (offtakes[o.id] ?? 0) : 0), 0);
  return {
    gasDay: new Date(start.timeMs + plant.utcOffsetS * 1_000).toISOString().slice(0, 10),
    fromMs: start.timeMs,
    toMs: end.timeMs,
    complete: end.timeMs - start.timeMs === dayMs,
    in: sum(sources),
    out: sum(offtakes) - ownUse,
    ownUse,
    leak: sum(leaks),
    linePackStart: start.totals.linePack,
    linePackEnd: end.totals.linePack,
    sources,
    offtakes,
    leaks: Object.fromEntries(Object.entries(leaks).filter(([, v]) => v > 0)),
    meters: meterTruth(plant, start.totals, end.totals),
  };
}

function meterTruth(plant: PlantDefinition, start: Cumulative, end: Cumulative): DayTruth['meters'] {
  return Object.fromEntries(
    plant.meters.map((m, k) => {
      const a = start.meters[k];
      const b = end.meters[k];
      const actual = (b?.true ?? 0) - (a?.true ?? 0);
      const read = (b?.corrected ?? 0) - (a?.corrected ?? 0);
      return [m.id, { true: actual, read, errorPercent: actual > 0 ? (100 * (read - actual)) / actual : 0 }];
    }),
  );
}
