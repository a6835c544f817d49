import type { CoverageState } from '@linepack/store';

interface Interval {
  readonly from: number;
  to: number | null;
  readonly state: CoverageState;
}

/** Table `source_coverage`: when a source could be heard. The same again, or an older instant, changes nothing. */
export class CoverageTable {
  readonly bySource = new Map<string, Interval[]>();

  record(sourceId: string, at: number, state: CoverageState): void {
    const intervals = this.bySource.get(sourceId) ?? [];
    this.bySource.set(sourceId, intervals);
    const open = intervals.at(-1);
    if (open && (open.state === state || open.from >= at)) return;
    if (open) open.to = at;
    intervals.push({ from: at, to: null, state });
  }
}
