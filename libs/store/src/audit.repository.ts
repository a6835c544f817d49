import type { Micros } from '@linepack/network';
import { onlyRow, type Queryable } from './database';

export interface AuditEntry {
  /** When it happened; by default when it is written. */
  readonly at?: Micros;
  readonly actor: string;
  /** Network address it came from, where there is one. */
  readonly address: string | null;
  /** What was done, for instance `alarm.acknowledge`. */
  readonly action: string;
  /** To what, for instance an alarm's id. */
  readonly target: string | null;
  readonly old: unknown;
  readonly new: unknown;
}

export interface AuditEvent extends AuditEntry {
  readonly id: number;
  readonly at: Micros;
}

export type ChainVerdict =
  | { readonly intact: true; readonly events: number }
  /** The first line whose hash does not follow from the line before; or the end that is missing. */
  | { readonly intact: false; readonly brokenAt: number };

/**
 * Whether the database refuses an entry for what it is, so that trying again will not help: SQLSTATE classes 22 (data
 * exception), 23 (integrity violation) and 54 (program limit exceeded), or a value that JSON cannot say.
 */
export function refusesEntry(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? /^(22|23|54)...$/.test(code) : error instanceof TypeError;
}

const json = (value: unknown): string | null => (value == null ? null : JSON.stringify(value));

/** Who did what, from where; append-only, each line's hash covering the one before (both by trigger). */
export class AuditRepository {
  constructor(private readonly db: Queryable) {}

  /** @returns the line's id */
  async append(entry: AuditEntry): Promise<number> {
    const { rows } = await this.db.query<{ id: number }>(
      `insert into audit_event (actor, address, action, target, old, new, at)
       values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, coalesce(instant($7::bigint), clock_timestamp()))
       returning id::float8 as id`,
      [
        entry.actor,
        entry.address,
        entry.action,
        entry.target,
        json(entry.old),
        json(entry.new),
        entry.at ?? null,
      ],
    );
    return onlyRow(rows).id;
  }

  /**
   * The newest lines with an id below `before`, newest first.
   * @param options.boundTo only what this user did, and commands on alarms of these stations
   */
  async list(options: {
    limit: number;
    before?: number;
    boundTo?: { readonly userName: string; readonly stations: readonly string[] };
  }): Promise<AuditEvent[]> {
    const { rows } = await this.db.query<AuditEvent>(
      `select id::float8 as id, micros(at) as at, actor, address, action, target, old, new from audit_event
       where ($2::bigint is null or id < $2)
         and ($3::text is null or actor = $3 or action ~ '^(alarm|command)[.]' and
           coalesce(new ->> 'stationId', substring(target from '^(?:tag|station):([a-z0-9-]+)')) = any ($4::text[]))
       order by id desc limit $1`,
      [
        options.limit,
        options.before ?? null,
        options.boundTo?.userName ?? null,
        options.boundTo?.stations ?? null,
      ],
    );
    return rows;
  }

  /** Computes every hash again and compares, and compares the end with the recorded head. */
  async verifyChain(): Promise<ChainVerdict> {
    const { rows } = await this.db.query<{
      broken: number | null;
      events: number;
      last: number;
      head: number;
      same: boolean;
    }>(
      `with chain as (
         select e.id, e.hash,
           audit_hash(lag(e.hash, 1, sha256('linepack'::bytea)) over (order by e.id), e) as expected,
           row_number() over (order by e.id) as place
         from audit_event e
       ), newest as (select id, hash from audit_event order by id desc limit 1)
       select (select min(id)::float8 from chain where hash <> expected or id <> place) as broken,
         (select count(*)::float8 from chain) as events,
         coalesce((select id::float8 from newest), 0) as last,
         h.id::float8 as head,
         h.hash = coalesce((select hash from newest), sha256('linepack'::bytea)) as same
       from audit_head h`,
    );
    const { broken, events, last, head, same } = onlyRow(rows);
    if (broken !== null) return { intact: false, brokenAt: broken };
    if (head !== last || !same) return { intact: false, brokenAt: last + 1 };
    return { intact: true, events };
  }
}
