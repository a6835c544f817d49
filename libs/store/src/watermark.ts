import type { Micros } from '@linepack/network';
import { inTransaction, type Pool, type PoolClient } from './database';

/** The roll-up's row in job_state: `claimedTo` ≥ `rolledTo`, whole minutes. Earlier samples than `claimedTo` are late. */
export const ROLLUP_JOB = 'rollup';
export interface RollupState {
  readonly claimedTo: Micros;
  readonly rolledTo: Micros;
}

/** The row of what was closed: earlier samples than its `closedTo` are late, too, however far the roll-up lags. */
const CLOSING_JOB = 'closing';

/** The rows exist from the first sample on, or a reader that begins meanwhile could overtake its writer. */
async function ensureRows(client: PoolClient): Promise<void> {
  await client.query(
    `insert into job_state (name, state)
     values ($1, '{"claimedTo": 0, "rolledTo": 0}'), ($2, '{"closedTo": 0}') on conflict do nothing`,
    [ROLLUP_JOB, CLOSING_JOB],
  );
}

/** The roll-up's state, locked against every writer until the transaction ends: what they wrote is to be seen. */
export async function lockedRollup(client: PoolClient): Promise<RollupState> {
  await ensureRows(client);
  const { rows } = await client.query<{ state: RollupState }>(
    'select state from job_state where name = $1 for update',
    [ROLLUP_JOB],
  );
  return (rows[0] as { state: RollupState }).state;
}

export async function saveRollup(client: PoolClient, state: RollupState): Promise<void> {
  await client.query('update job_state set state = $2::jsonb, updated_at = now() where name = $1', [
    ROLLUP_JOB,
    JSON.stringify(state),
  ]);
}

/**
 * Samples before this are late. Shared with other writers until commit, so that neither the roll-up nor a close can
 * claim the time of these samples before it can see them.
 */
export async function sharedWatermark(client: PoolClient): Promise<Micros> {
  type Row = Partial<RollupState> & { readonly closedTo?: Micros };
  const read = (): Promise<{ rows: { state: Row }[] }> =>
    client.query<{ state: Row }>(
      'select state from job_state where name = any ($1) order by name for share',
      [[ROLLUP_JOB, CLOSING_JOB]],
    );
  let { rows } = await read();
  if (rows.length < 2) {
    await ensureRows(client);
    ({ rows } = await read());
  }
  return Math.max(...rows.map(({ state }) => state.claimedTo ?? state.closedTo ?? 0)) as Micros;
}

/** What was worked out from the samples must hear of every sample that comes later. */
export class ClosingWatermark {
  constructor(private readonly pool: Pool) {}

  /**
   * From now on samples before `at` leave marks. Whoever works a day out says so before he reads its samples: what was
   * written until then is to be seen, and what is written later is told.
   */
  async raise(at: Micros): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      await ensureRows(client);
      await client.query(
        `update job_state set updated_at = now(),
           state = jsonb_build_object('closedTo', greatest((state ->> 'closedTo')::float8, $2)::bigint)
         where name = $1`,
        [CLOSING_JOB, at],
      );
    });
  }
}
