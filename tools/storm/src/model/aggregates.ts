import type { Micros, TagId } from '@linepack/network';
import type { CoverageTable } from './coverage';
import { DatabaseRefusal } from './refusal';
import type { Row, SampleTable } from './samples';

/** A row of `sample_minute` or `sample_hour`. */
export interface Bucket {
  readonly bucket: number;
  min: number | null;
  max: number | null;
  first: number | null;
  firstTs: number | null;
  last: number | null;
  lastTs: number | null;
  integral: number;
  coveredS: number;
  good: number;
  uncertain: number;
  bad: number;
  worst: number;
}

const UNCERTAIN = 1_073_741_824;
const HOUR_US = 3_600_000_000;

/** How long a tag's value holds at most, and by which source it is heard. */
export interface Holding {
  readonly mostUs: number;
  readonly sourceId: string | null;
}

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const empty = (bucket: number): Bucket => ({
  bucket,
  min: null,
  max: null,
  first: null,
  firstTs: null,
  last: null,
  lastTs: null,
  integral: 0,
  coveredS: 0,
  good: 0,
  uncertain: 0,
  bad: 0,
  worst: 0,
});

/** As unsigned numbers, StatusCodes order by severity. */
const worse = (a: number, b: number): number => (a >>> 0 > b >>> 0 ? a : b);

function addPiece(to: Bucket, { ts, quality, value }: Row, seconds: number): void {
  const own = ts >= to.bucket;
  to.worst = worse(to.worst, quality);
  if (own && quality < 0) to.bad += 1;
  else if (own && quality >= UNCERTAIN) to.uncertain += 1;
  else if (own) to.good += 1;
  if (quality < 0 || value === null) return;
  to.min = least(to.min, value);
  to.max = most(to.max, value);
  to.integral += value * seconds;
  to.coveredS += seconds;
  if (!own) return;
  if (to.firstTs === null) Object.assign(to, { first: value, firstTs: ts });
  Object.assign(to, { last: value, lastTs: ts });
}

/** Function `roll_samples` and the tables `sample_minute` and `sample_hour`. */
export class AggregateTables {
  readonly minutes = new Map<TagId, Map<number, Bucket>>();
  readonly hours = new Map<TagId, Map<number, Bucket>>();
  /** Takes nothing: a lock that somebody holds, a disk of its own that is full. */
  isShut = false;

  constructor(
    private readonly samples: SampleTable,
    private readonly coverage: CoverageTable,
    private readonly holdingOf: (tagId: TagId, at: number) => Holding,
  ) {}

  rollMinutes(
    tagIds: readonly TagId[],
    from: Micros,
    to: Micros,
    widthUs: number,
    holdUs: number | null,
  ): void {
    if (this.isShut) throw new DatabaseRefusal('55P03', 'canceling statement due to lock timeout');
    for (const tagId of tagIds)
      replace(this.minutes, tagId, from, to, this.rolled(tagId, from, to, widthUs, holdUs));
  }

  rollHours(tagIds: readonly TagId[], from: Micros, to: Micros): void {
    for (const tagId of tagIds) {
      const hours = new Map<number, Bucket>();
      for (const [bucket, minute] of [...(this.minutes.get(tagId) ?? [])].sort(([a], [b]) => a - b)) {
        if (bucket < from || bucket >= to) continue;
        const start = Math.floor(bucket / HOUR_US) * HOUR_US;
        const hour = hours.get(start) ?? empty(start);
        hours.set(start, hour);
        addMinute(hour, minute);
      }
      replace(this.hours, tagId, from, to, [...hours.values()]);
    }
  }

  private rolled(tagId: TagId, from: number, to: number, widthUs: number, holdUs: number | null): Bucket[] {
    const { mostUs, sourceId } = this.holdingOf(tagId, from);
    const hold = holdUs ?? mostUs;
    const rows = this.samples.rowsBetween(tagId, from - hold, to);
    // What still holds at the window's start: the last before it.
    const inside = rows.findIndex((r) => r.ts >= from);
    const held = rows.slice(inside < 0 ? -1 : Math.max(0, inside - 1));
    const ends = (this.coverage.bySource.get(sourceId ?? '') ?? [])
      .filter((i) => i.state === 'disconnected' && i.from >= from - hold && i.from < to)
      .map((i) => i.from);
    const buckets = new Map<number, Bucket>();
    for (const [i, row] of held.entries()) {
      const next = Math.min(held[i + 1]?.ts ?? Infinity, ...ends.filter((end) => end > row.ts));
      const heldTo = Math.min(next, row.ts + hold, to);
      for (let at = Math.max(row.ts, from); at < heldTo;) {
        const start = Math.floor(at / widthUs) * widthUs;
        const until = Math.min(start + widthUs, heldTo);
        const bucket = buckets.get(start) ?? empty(start);
        buckets.set(start, bucket);
        addPiece(bucket, row, (until - at) / 1e6);
        at = until;
      }
    }
    return [...buckets.values()];
  }
}

function addMinute(hour: Bucket, minute: Bucket): void {
  hour.min = least(hour.min, minute.min);
  hour.max = most(hour.max, minute.max);
  if (hour.firstTs === null) Object.assign(hour, { first: minute.first, firstTs: minute.firstTs });
  if (minute.lastTs !== null) Object.assign(hour, { last: minute.last, lastTs: minute.lastTs });
  hour.integral += minute.integral;
  hour.coveredS += minute.coveredS;
  hour.good += minute.good;
  hour.uncertain += minute.uncertain;
  hour.bad += minute.bad;
  hour.worst = worse(hour.worst, minute.worst);
}

function replace(
  table: Map<TagId, Map<number, Bucket>>,
  tagId: TagId,
  from: number,
  to: number,
  fresh: readonly Bucket[],
): void {
  const own = table.get(tagId) ?? new Map<number, Bucket>();
  table.set(tagId, own);
  for (const bucket of own.keys()) if (bucket >= from && bucket < to) own.delete(bucket);
  for (const bucket of fresh) own.set(bucket.bucket, bucket);
}
