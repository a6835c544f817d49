import type { Pool } from './database';
import { LateMarkRepository } from './late-mark.repository';
import { RollUp } from './roll-up';
import { RollupSql } from './rollup-sql';

/** The roll-up over the database. */
export class RollupRepository extends RollUp {
  constructor(pool: Pool) {
    super(new RollupSql(pool), new LateMarkRepository(pool));
  }
}
