import type { Micros, TagId } from '@linepack/network';
import {
  claimFrom,
  isClaimable,
  type LateSpan,
  type NetworkSnapshot,
  type RollupState,
} from '@linepack/store';
import type { Sample } from '@linepack/telemetry';
import { AggregateTables, type Holding } from './aggregates';
import type { CoverageTable } from './coverage';
import { LateMarkTable } from './late-marks';
import { LossTable } from './loss-results';
import { MeterHourTable } from './meter-hours';
import type { Row, SampleTable } from './samples';

const MINUTE_US = 60_000_000;
const DEFAULT_HOLD_US = 180_000_000;
/** What holds at most an hour's report times three, or comes within a quarter of an hour, leaves no time out. */
const LONGEST_HOLD_US = 3 * 3_600_000_000;
const NEAR_US = 15 * MINUTE_US;

const isUsable = ({ quality, value }: Row): boolean => quality >= 0 && value !== null;
const pointOf = (row: Row | undefined) => (row ? { ts: row.ts as Micros, value: row.value as number } : null);

/** The tables of scheduled work: where roll-up and close stand, late marks, aggregates, hours and results. */
export class WorkTables {
  readonly jobs = new Map<string, unknown>();
  readonly marks: LateMarkTable;
  readonly losses: LossTable;
  readonly meterHours = new MeterHourTable();
  readonly aggregates: AggregateTables;
  rollup: RollupState = { claimedTo: 0 as Micros, rolledTo: 0 as Micros };
  private closedTo = 0;
  /** The configuration at an instant, as scheduled work reads it. */
  networkAt: (at: number) => NetworkSnapshot | null = () => null;

  constructor(
    private readonly samples: SampleTable,
    coverage: CoverageTable,
    clock: () => number,
  ) {
    this.marks = new LateMarkTable(clock);
    this.losses = new LossTable(clock);
    this.aggregates = new AggregateTables(samples, coverage, (tagId, at) => this.holdingOf(tagId, at));
  }

  /** Samples before this are late. */
  get watermark(): number {
    return Math.max(this.rollup.claimedTo, this.closedTo);
  }

  markLate(rows: readonly Pick<Sample, 'tagId' | 'ts'>[]): number {
    return this.marks.markLate(rows, this.watermark);
  }

  /** What the tags of a source were taken to say may have changed where it was worked out already. */
  coverageChanged(sourceId: string, { from, at }: { from: number; at: number }): void {
    const { watermark } = this;
    if (at >= watermark) return;
    const spans = (this.networkAt(at)?.tags ?? [])
      .filter(({ config }) => config.address.source === sourceId)
      .map(({ tagId, config }): LateSpan => {
        const to = Math.min(watermark, at + 3e6 * config.maxReportS);
        return { tagId, from: from as Micros, to: to as Micros };
      });
    this.marks.leave(spans);
  }

  raiseClosing(at: Micros): void {
    this.closedTo = Math.max(this.closedTo, at);
  }

  claim(until: Micros): RollupState {
    if (isClaimable(this.rollup, until))
      this.rollup = claimFrom(this.nextSampleTime(this.rollup.claimedTo, until), until);
    return this.rollup;
  }

  claimIsRolled(to: Micros): void {
    this.rollup = { ...this.rollup, rolledTo: to };
  }

  allTags(): TagId[] {
    return (this.networkAt(Infinity)?.tags ?? []).map((t) => t.tagId).sort((a, b) => a - b);
  }

  longestHoldUs(tagIds: readonly TagId[], at: number): number {
    const known = (this.networkAt(at)?.tags ?? []).filter((t) => tagIds.includes(t.tagId));
    return known.length === 0 ? DEFAULT_HOLD_US : Math.max(...known.map((t) => 3e6 * t.config.maxReportS));
  }

  around(tagIds: readonly TagId[], instants: readonly Micros[], maxAgeUs: number) {
    return [...tagIds]
      .sort((a, b) => a - b)
      .flatMap((tagId) =>
        [...instants]
          .sort((a, b) => a - b)
          .map((at) => {
            const upTo = this.samples.rowsBetween(tagId, at - maxAgeUs, at + 1).findLast(isUsable);
            const after = this.samples.rowsBetween(tagId, at, at + maxAgeUs + 1).find(isUsable);
            return { tagId, at, before: pointOf(upTo), after: pointOf(after) };
          }),
      );
  }

  private holdingOf(tagId: TagId, at: number): Holding {
    const config = this.networkAt(at)?.tags.find((t) => t.tagId === tagId)?.config;
    return {
      mostUs: config ? 3e6 * config.maxReportS : DEFAULT_HOLD_US,
      sourceId: config?.address.source ?? null,
    };
  }

  private nextSampleTime(at: Micros, until: Micros): Micros | null {
    const firstOf = (from: number): number =>
      Math.min(
        ...this.allTags().map((tagId) => {
          const rows = this.samples.rows(tagId);
          return rows[this.samples.firstAtOrAfter(tagId, from)]?.ts ?? Infinity;
        }),
      );
    if (firstOf(at - LONGEST_HOLD_US) < at + NEAR_US) return at;
    const first = firstOf(at);
    return first < until ? (first as Micros) : null;
  }
}
