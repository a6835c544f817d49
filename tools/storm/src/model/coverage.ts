import type { Micros, SourceId } from '@linepack/network';
import type { CoverageInterval, CoverageState } from '@linepack/store';

interface Interval {
  readonly from: number;
  to: number | null;
  readonly state: CoverageState;
}

/** Table `source_coverage`: when a source could be heard. The same again, or an older instant, changes nothing. */
export class CoverageTable {
  readonly bySource = new Map<string, Interval[]>();

  /** @param onChanged told of each change: the source's values may stand otherwise from `from` on, those heard until `at` */
  constructor(
    private readonly onChanged: (sourceId: string, change: { from: number; at: number }) => void = () =>
      undefined,
  ) {}

  record(sourceId: string, at: number, state: CoverageState): void {
    const intervals = this.bySource.get(sourceId) ?? [];
    this.bySource.set(sourceId, intervals);
    const open = intervals.at(-1);
    if (open && (open.state === state || open.from >= at)) return;
    if (open) open.to = at;
    intervals.push({ from: at, to: null, state });
    this.onChanged(sourceId, { from: state === 'connected' && open ? open.from : at, at });
  }

  /** The intervals of a source that touch [from, to). */
  between(sourceId: string, from: number, to: number): CoverageInterval[] {
    return (this.bySource.get(sourceId) ?? [])
      .filter((i) => i.from < to && (i.to === null || i.to > from))
      .map((i) => ({
        ...i,
        sourceId: sourceId as SourceId,
        from: i.from as Micros,
        to: i.to as Micros | null,
      }));
  }
}
