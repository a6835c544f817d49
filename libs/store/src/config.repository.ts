import type { Micros, NetworkFile } from '@linepack/network';
import { inTransaction, onlyRow, type Pool, type PoolClient, type Queryable } from './database';
import { planImport, type Validity } from './config-change';
import { entitiesOf, networkOf, type Entity, type StoredEntity } from './network-entities';
import {
  ConsoleEditConflict,
  type ConfigChange,
  type ImportOptions,
  type NetworkSnapshot,
} from './network-snapshot';

const IDENTITY_TABLES = ['station', 'source', 'gas', 'pipe', 'area'] as const;

/** The network's configuration with its history: nothing is changed in place, every change has its time. */
export class ConfigRepository {
  constructor(private readonly pool: Pool) {}

  /** The network as it is configured now, or null when none was imported. */
  async currentNetwork(): Promise<NetworkSnapshot | null> {
    return this.networkAt(await databaseNow(this.pool));
  }

  /** The network as it was configured at an instant, or null when there was none. */
  async networkAt(at: Micros): Promise<NetworkSnapshot | null> {
    return networkOf(at, await inForce(this.pool, at, at));
  }

  /** What importing this file would change of what is in force at `at` (default now) or at any time after it. */
  async diff(file: NetworkFile, at?: Micros): Promise<readonly ConfigChange[]> {
    const from = at ?? (await databaseNow(this.pool));
    return planImport(await inForce(this.pool, from, null), entitiesOf(file), from).changes;
  }

  /** When, after `at` (default now), something is to change that is known already: an import from `at` on withdraws it. */
  async laterChanges(at?: Micros): Promise<Micros[]> {
    const from = at ?? (await databaseNow(this.pool));
    const later = (await inForce(this.pool, from, null)).map((v) => v.from).filter((start) => start > from);
    return [...new Set(later)].sort((a, b) => a - b);
  }

  /**
   * Imports a file: from `validFrom` on it is in force as a whole, and nothing else. Each entity that was otherwise at
   * any time after that gets a new version or holds on, each that the file lacks ends; versions that were to begin
   * later are withdrawn and stay as evidence. So what is in force at an instant is always one whole file: the one
   * imported last of those that hold from that instant or an earlier one.
   * @throws ConsoleEditConflict when it would undo an edit of the console and that was not agreed to
   * @returns what was changed
   */
  async importNetwork(file: NetworkFile, options: ImportOptions): Promise<readonly ConfigChange[]> {
    return inTransaction(this.pool, async (client) => {
      // One import at a time, and no edit meanwhile: the difference stands on what is there.
      await client.query('lock table config_version in share row exclusive mode');
      const first = onlyRow(
        (await client.query<{ none: boolean }>('select not exists (select from config_version) as none'))
          .rows,
      ).none;
      // Nothing was known before the first file, so it holds for all history that is there to be computed.
      const from = options.validFrom ?? (first ? (0 as Micros) : await databaseNow(client));
      const entities = entitiesOf(file);
      const plan = planImport(await inForce(client, from, null), entities, from);
      const edited = plan.changes.filter((c) => c.editedInConsole).map((c) => c.entity);
      if (edited.length > 0 && options.consoleEdits !== 'overwrite') throw new ConsoleEditConflict(edited);
      await saveIdentities(client, entities);
      await setEnd(client, plan.withdraw, 'withdrawn_at = clock_timestamp()');
      await setEnd(client, plan.end, 'valid_to = instant($4::bigint)', from);
      await setEnd(client, plan.extend, 'valid_to = null');
      await addVersions(client, plan.add, from, options.changedBy);
      return plan.changes;
    });
  }
}

async function databaseNow(db: Queryable): Promise<Micros> {
  const { rows } = await db.query<{ now: Micros }>('select micros(clock_timestamp()) as now');
  return onlyRow(rows).now;
}

/** Every version that is in force at `from`, at `to` or at any time between. */
async function inForce(db: Queryable, from: Micros, to: Micros | null): Promise<Validity[]> {
  const { rows } = await db.query<Validity>(
    `select c.kind, c.entity_id as id, c.version, c.config, c.origin, t.tag_id as "tagId",
       micros(c.valid_from) as from, micros(c.valid_to) as to,
       coalesce(t.station_id, m.station_id) as "stationId",
       coalesce(t.ordinal, m.ordinal, s.ordinal, o.ordinal, g.ordinal, p.ordinal, a.ordinal, 0) as ordinal
     from config_version c
     left join tag t on c.kind = 'tag' and t.key = c.entity_id
     left join meter m on c.kind = 'meter' and m.id = c.entity_id
     left join station s on c.kind = 'station' and s.id = c.entity_id
     left join source o on c.kind = 'source' and o.id = c.entity_id
     left join gas g on c.kind = 'gas' and g.id = c.entity_id
     left join pipe p on c.kind = 'pipe' and p.id = c.entity_id
     left join area a on c.kind = 'area' and a.id = c.entity_id
     where c.withdrawn_at is null and (c.valid_to is null or c.valid_to > instant($1::bigint))
       and ($2::bigint is null or c.valid_from <= instant($2::bigint))`,
    [from, to],
  );
  return rows;
}

/** Adds identities that are new and takes over the file's order; an identity is never removed. */
async function saveIdentities(client: PoolClient, entities: readonly Entity[]): Promise<void> {
  const columns = (kind: Entity['kind']): unknown[] => {
    const own = entities.filter((e) => e.kind === kind);
    return [own.map((e) => e.id), own.map((e) => e.ordinal), own.map((e) => e.stationId)];
  };
  for (const table of IDENTITY_TABLES)
    await client.query(
      `insert into ${table} (id, ordinal) select id, ordinal from unnest($1::text[], $2::int[]) as e (id, ordinal)
       on conflict (id) do update set ordinal = excluded.ordinal`,
      columns(table).slice(0, 2),
    );
  await client.query(
    `insert into meter (id, ordinal, station_id) select * from unnest($1::text[], $2::int[], $3::text[])
     on conflict (id) do update set ordinal = excluded.ordinal`,
    columns('meter'),
  );
  // Not by ON CONFLICT, which would use up a number for every tag that is there.
  await client.query(
    `with given as (select * from unnest($1::text[], $2::int[], $3::text[]) as e (key, ordinal, station_id)),
     moved as (update tag t set ordinal = g.ordinal from given g where t.key = g.key and t.ordinal <> g.ordinal)
     insert into tag (key, ordinal, station_id)
     select key, ordinal, station_id from given g
     where not exists (select from tag t where t.key = g.key) order by station_id, ordinal`,
    columns('tag'),
  );
}

/** @param change of valid_to or withdrawn_at, which alone may change of a version; its own parameter is $4 */
async function setEnd(
  client: PoolClient,
  versions: readonly StoredEntity[],
  change: string,
  ...params: unknown[]
): Promise<void> {
  await client.query(
    `update config_version c set ${change}
     from unnest($1::text[], $2::text[], $3::int[]) as e (kind, id, version)
     where c.kind = e.kind and c.entity_id = e.id and c.version = e.version`,
    [versions.map((v) => v.kind), versions.map((v) => v.id), versions.map((v) => v.version), ...params],
  );
}

async function addVersions(
  client: PoolClient,
  entities: readonly Entity[],
  from: Micros,
  changedBy: string,
): Promise<void> {
  await client.query(
    `insert into config_version (kind, entity_id, version, valid_from, config, origin, changed_by)
     select e.kind, e.id, coalesce(newest.version, 0) + 1, instant($2::bigint), e.config, 'file', $3
     from jsonb_to_recordset($1::jsonb) as e (kind text, id text, config jsonb)
     left join lateral (
       select max(c.version) as version from config_version c where c.kind = e.kind and c.entity_id = e.id
     ) newest on true`,
    [JSON.stringify(entities.map(({ kind, id, config }) => ({ kind, id, config }))), from, changedBy],
  );
}
