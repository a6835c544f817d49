import type { LossResult } from '@linepack/contracts';
import type { AreaId, GasDay, Micros } from '@linepack/network';
import type { ClosedDay, ClosedLoss, DayVerdict } from '@linepack/store';

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Tables `loss_result` and `loss_provisional`: every calculation of a closed day is a version that never changes. */
export class LossTable {
  /** By area and day, oldest version first. */
  private readonly days = new Map<string, LossResult[]>();
  readonly provisional = new Map<string, LossResult>();
  /** When a version was kept last, by the database's clock. */
  savedAt = 0;
  onSaved: () => void = () => undefined;

  /** @param clock the database's, microseconds */
  constructor(private readonly clock: () => number) {}

  save(result: ClosedLoss): LossResult {
    const key = `${result.areaId} ${result.gasDay}`;
    const versions = this.days.get(key) ?? [];
    this.days.set(key, versions);
    const kept = clone({ ...result, version: versions.length + 1, provisional: false });
    versions.push(kept);
    this.savedAt = this.clock();
    this.onSaved();
    return clone(kept);
  }

  /** Every calculation of an area's day, oldest first. */
  versions(areaId: string, gasDay: string): readonly LossResult[] {
    return this.days.get(`${areaId} ${gasDay}`) ?? [];
  }

  all(): readonly LossResult[] {
    return [...this.days.values()].flat();
  }

  result(areaId: AreaId, gasDay: GasDay): LossResult | null {
    return clone(this.versions(areaId, gasDay).at(-1) ?? null);
  }

  lastClosed(): Map<AreaId, ClosedDay> {
    const last = new Map<AreaId, ClosedDay>();
    for (const closed of this.newest().map(closedDay)) {
      const known = last.get(closed.areaId);
      if (!known || known.day < closed.day) last.set(closed.areaId, closed);
    }
    return new Map([...last].sort(([a], [b]) => byText(a, b)));
  }

  touching(from: Micros, to: Micros): ClosedDay[] {
    const all = this.all()
      .filter((r) => r.from <= to && r.to >= from)
      .map(closedDay);
    // The newest version of those that touch stands for its day.
    const days = new Map(all.map((closed) => [`${closed.areaId} ${closed.day}`, closed]));
    return [...days.values()].sort((a, b) => byText(a.areaId, b.areaId) || byText(a.day, b.day));
  }

  verdicts(since: ReadonlyMap<AreaId, GasDay | null>, days: number): DayVerdict[] {
    return [...since]
      .sort(([a], [b]) => byText(a, b))
      .flatMap(([areaId, from]) =>
        this.newest()
          .filter((r) => r.areaId === areaId && (from === null || r.gasDay >= from))
          .sort((a, b) => byText(a.gasDay, b.gasDay))
          .slice(-days)
          .map(({ gasDay, verdict, lossPercent, limitPercent }) => ({
            areaId,
            gasDay,
            verdict,
            lossPercent,
            limitPercent,
          })),
      );
  }

  private newest(): LossResult[] {
    return [...this.days.values()].map((versions) => versions.at(-1) as LossResult);
  }
}

const closedDay = ({ areaId, gasDay, from, to }: LossResult): ClosedDay => ({
  areaId: areaId as AreaId,
  day: gasDay as GasDay,
  from: from as Micros,
  to: to as Micros,
});
