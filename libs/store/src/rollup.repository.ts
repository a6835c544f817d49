import type { Micros, TagId } from '@linepack/network';
import type { Pool } from './database';

export interface RollOptions {
  /** Only these tags; default all. */
  readonly tagIds?: readonly TagId[];
  /** How long a value holds (seconds), where the samples were made sparser than their tags' maximum reporting interval. */
  readonly holdS?: number;
}

/** Fills sample_minute and sample_hour; every bucket is computed whole, so that rolling again changes nothing. */
export class RollupRepository {
  constructor(private readonly pool: Pool) {}

  /** Computes the minutes of [from, to), widened to whole minutes. */
  async rollMinutes(_from: Micros, _to: Micros, _options?: RollOptions): Promise<void> {
    throw new Error(String(this.pool));
  }
  /** Computes the hours of [from, to), widened to whole hours, from their minutes. */
  async rollHours(_from: Micros, _to: Micros, _options?: RollOptions): Promise<void> {
    throw new Error(String(this.pool));
  }
  /**
   * One bounded step of the standing work: the next window up to `until` (now less a grace of a minute or so), then
   * late marks. Call it until it says `done`, and again every minute.
   */
  async step(_until: Micros): Promise<{ rolledTo: Micros | null; late: number; done: boolean }> {
    throw new Error(String(this.pool));
  }
  /** Up to where samples are rolled up; null before the first step. */
  async watermark(): Promise<Micros | null> {
    throw new Error(String(this.pool));
  }
}
