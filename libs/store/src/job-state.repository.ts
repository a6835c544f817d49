import type { Queryable } from './database';

/** Where scheduled work stands: one JSON document a job. */
export class JobStateRepository {
  constructor(private readonly db: Queryable) {}

  /** The state last saved, or null. The caller parses it: it was written by an earlier version, perhaps. */
  async load(name: string): Promise<unknown> {
    const { rows } = await this.db.query<{ state: unknown }>('select state from job_state where name = $1', [
      name,
    ]);
    return rows[0]?.state ?? null;
  }

  async save(name: string, state: unknown): Promise<void> {
    await this.db.query(
      `insert into job_state (name, state) values ($1, $2::jsonb)
       on conflict (name) do update set state = excluded.state, updated_at = now()`,
      [name, JSON.stringify(state)],
    );
  }
}
