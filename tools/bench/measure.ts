/** One way of doing something. It resolves to the milliseconds that count, where not all of its run does. */
export type Way = () => number | void | Promise<number | void>;

/** A hot path beside something of a known cost in the same run, so that the figure does not hang on the machine. */
export interface Case {
  readonly path: string;
  /** What one run does, with its load. */
  readonly load: string;
  readonly measured: { readonly name: string; readonly run: Way };
  readonly yardstick: { readonly name: string; readonly run: Way };
  readonly repetitions: number;
}

export interface Figure {
  readonly path: string;
  readonly load: string;
  readonly measured: string;
  readonly measuredMs: number;
  readonly yardstick: string;
  readonly yardstickMs: number;
  /** The measured way's time by the yardstick's, the median of the repetitions. */
  readonly ratio: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [upper, lower] = [sorted[middle], sorted[middle - 1]];
  if (upper === undefined) throw new RangeError('median: expected at least one value');
  return sorted.length % 2 === 1 ? upper : (upper + (lower as number)) / 2;
}

async function timed(way: Way, clock: () => number): Promise<number> {
  const started = clock();
  const own = await way();
  return own ?? clock() - started;
}

/**
 * Runs both ways turn by turn, so that whatever else the machine does meets both. The first turn warms up and does not
 * count. The yardstick goes first, so that it may prepare what the measured way takes.
 * @param clock milliseconds
 */
export async function compare(of: Case, clock: () => number): Promise<Figure> {
  const turns: { measured: number; yardstick: number }[] = [];
  for (let turn = 0; turn <= of.repetitions; turn++) {
    const yardstick = await timed(of.yardstick.run, clock);
    const measured = await timed(of.measured.run, clock);
    if (turn > 0) turns.push({ measured, yardstick });
  }
  return {
    path: of.path,
    load: of.load,
    measured: of.measured.name,
    measuredMs: median(turns.map((t) => t.measured)),
    yardstick: of.yardstick.name,
    yardstickMs: median(turns.map((t) => t.yardstick)),
    ratio: median(turns.map((t) => t.measured / t.yardstick)),
  };
}
