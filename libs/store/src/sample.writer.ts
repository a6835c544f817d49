import type { Sample } from '@linepack/telemetry';
import type { Pool } from './database';

export interface Written {
  /** Rows that are new. */
  readonly inserted: number;
  /** Samples that were there already. */
  readonly known: number;
  /** Samples stored a microsecond or more on, because another value of their tag has their stamp. */
  readonly shifted: number;
  /** Samples of a time that had been rolled up; they left marks. */
  readonly late: number;
}

/** Writes samples; replaying a batch is always safe. */
export class SampleWriter {
  constructor(private readonly pool: Pool) {}

  /** Stores a batch in one transaction: all of it or nothing. Late samples leave marks. */
  async write(_samples: readonly Sample[]): Promise<Written> {
    throw new Error(String(this.pool));
  }
  /** The same without marks: whoever fills in history rolls up its range himself (`RollupRepository`). */
  async backfill(_samples: readonly Sample[]): Promise<Written> {
    throw new Error(String(this.pool));
  }
}
