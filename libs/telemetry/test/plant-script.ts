import type { Micros, TagId } from '@linepack/network';
import {
  EARLIEST_COMMISSIONING,
  PresentTag,
  QUALITY,
  SourceClock,
  qualityOf,
  staleAgeOf,
  stampFault,
  type Instant,
  type Origin,
  type Sample,
  type Taken,
  type Word,
} from '../src/index';

const S = 1_000_000;
const T = 1_750_000_000 * S;
export const at = (s: number): Micros => Math.round(T + s * S) as Micros;
const instant = (s: number): Instant => ({ wall: at(s), steady: at(s) });
const seconds = (ts: number): number => Math.round((ts - T) / 1_000) / 1_000;
const TAG = 1 as TagId;

export interface Said {
  readonly value: number | null;
  /** Seconds; null when the source gave none. */
  readonly stamp: number | null;
  readonly origin?: Origin;
  readonly quality?: number;
}

/** One tag of a source, told second by second: what is said of it and what comes of that. */
export class PlantScript {
  readonly rule = { deadband: 0, maxReportS: 60 };
  private sessions = 0;
  readonly tag = new PresentTag(TAG, () => (this.sessions += 1));
  private readonly clock = new SourceClock();
  private connection = 0;
  private held: { word: Word; heard: number }[] = [];
  readonly rows: Sample[] = [];

  constructor(
    private readonly delivery: 'inOrder' | 'weighed',
    private readonly commissionedAt = EARLIEST_COMMISSIONING,
  ) {}

  connect(): void {
    this.connection += 1;
  }

  hear(second: number, said: Said): Taken {
    const { value, stamp, origin = 'change', quality = 0 } = said;
    const sourceTime = stamp === null ? null : at(stamp);
    const receivedAt = at(second);
    const word: Word = { tagId: TAG, value, quality: qualityOf(quality), sourceTime, receivedAt, origin };
    const reading = this.readingOf(word);
    const taken = this.tag.take(word, { ...this.around(second), delivery: this.delivery, reading });
    this.rows.push(...taken.rows);
    if (taken.held) this.held.push({ word, heard: receivedAt });
    else if (reading?.stepped) this.place('receipt', second);
    else if (!this.clock.isInDoubt) this.place('itsOwnTime', second);
    return taken;
  }

  /** Time passes without a word. */
  wait(second: number): void {
    this.rows.push(...this.tag.settle('due', this.around(second)));
  }

  /** Its source says that all is as told. */
  repeat(second: number): void {
    const repeat = this.tag.repeat(at(second), this.around(second));
    if (repeat !== null) this.rows.push(repeat);
  }

  lose(second: number): void {
    this.rows.push(...this.tag.gone(at(second), this.around(second)).rows);
  }

  /** The present value as "value quality @at". */
  get now(): string {
    const { present } = this.tag;
    return present === null ? 'nothing' : `${describe(present)} @${seconds(present.at)}`;
  }
  get stored(): string[] {
    return this.rows.map((row) => `${describe(row)} @${seconds(row.ts)}`);
  }
  /** What the newest stored sample says once everything has settled. */
  get newest(): string {
    this.rows.push(...this.tag.settle('atOnce', this.around(0)));
    const newest = this.rows.reduce((a, b) => (b.ts >= a.ts ? b : a));
    return describe(newest);
  }

  private place(where: 'itsOwnTime' | 'receipt', second: number): void {
    for (const { word, heard } of this.held)
      this.rows.push(...this.tag.place(word, where, heard, this.around(second)));
    this.held = [];
  }

  private around(second: number) {
    return {
      rule: this.rule,
      era: this.clock.steps,
      skew: this.clock.skewAt(instant(second)),
      now: instant(second),
      connection: this.connection,
      commissionedAt: this.commissionedAt,
    };
  }

  private readingOf({ sourceTime, receivedAt, origin }: Word) {
    if (sourceTime === null || stampFault(sourceTime, receivedAt, this.commissionedAt) !== null) return null;
    const receipt = { wall: receivedAt, steady: receivedAt };
    if (origin === 'change') return this.clock.hear(sourceTime, receipt, staleAgeOf(this.rule));
    return {
      standing: 'fresh' as const,
      age: this.clock.ageOf(sourceTime, receipt),
      stepped: false,
      begins: false,
    };
  }
}

const NAMES = new Map<number, string>([
  [QUALITY.Good, 'good'],
  [QUALITY.Uncertain, 'uncertain'],
  [QUALITY.BadNoCommunication, 'gone'],
]);
const describe = ({ value, quality }: Pick<Sample, 'value' | 'quality'>): string =>
  `${value ?? 'none'} ${NAMES.get(quality) ?? 'bad'}`;
