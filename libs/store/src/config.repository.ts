import type { Micros, NetworkFile } from '@linepack/network';
import { inTransaction, onlyRow, type Pool, type PoolClient, type Queryable } from './database';
import {
  entitiesOf,
  entityRef,
  fieldChanges,
  networkOf,
  type Entity,
  type StoredEntity,
} from './network-entities';
import {
  ConsoleEditConflict,
  type ConfigChange,
  type ImportOptions,
  type NetworkSnapshot,
} from './network-snapshot';

type InForce = StoredEntity & { readonly origin: 'file' | 'console' };

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
    return networkOf(at, await inForceAt(this.pool, at));
  }

  /** What importing this file would change against what is in force at `at` (default now). */
  async diff(file: NetworkFile, at?: Micros): Promise<ConfigChange[]> {
    const inForce = await inForceAt(this.pool, at ?? (await databaseNow(this.pool)));
    return changesBetween(inForce, entitiesOf(file));
  }

  /**
   * Imports a file: each changed entity gets a new version, each missing one ends.
   * A change from an earlier instant withdraws the versions that began after it; they stay as evidence.
   * @throws ConsoleEditConflict when it would undo an edit of the console and that was not agreed to
   * @returns what was changed
   */
  async importNetwork(file: NetworkFile, options: ImportOptions): Promise<ConfigChange[]> {
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
      const changes = changesBetween(await inForceAt(client, from), entities);
      const edited = changes.filter((c) => c.editedInConsole).map((c) => c.entity);
      if (edited.length > 0 && options.consoleEdits !== 'overwrite') throw new ConsoleEditConflict(edited);
      await saveIdentities(client, entities);
      const changed = new Map(changes.map((c) => [c.entity, c]));
      await endVersions(client, [...changed.keys()], from);
      await addVersions(
        client,
        entities.filter((e) => changed.has(entityRef(e))),
        from,
        options.changedBy,
      );
      return changes;
    });
  }
}

async function databaseNow(db: Queryable): Promise<Micros> {
  const { rows } = await db.query<{ now: Micros }>('select micros(clock_timestamp()) as now');
  return onlyRow(rows).now;
}

async function inForceAt(db: Queryable, at: Micros): Promise<InForce[]> {
  const { rows } = await db.query<InForce>(
    `select c.kind, c.entity_id as id, c.version, c.config, c.origin, t.tag_id as "tagId",
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
     where c.withdrawn_at is null and c.valid_from <= instant($1::bigint)
       and (c.valid_to is null or c.valid_to > instant($1::bigint))`,
    [at],
  );
  return rows;
}

function changesBetween(inForce: readonly InForce[], entities: readonly Entity[]): ConfigChange[] {
  const before = new Map(inForce.map((e) => [entityRef(e), e]));
  const after = new Set(entities.map(entityRef));
  const changes: ConfigChange[] = [];
  for (const entity of entities) {
    const ref = entityRef(entity);
    const old = before.get(ref);
    const fields = old ? fieldChanges(old.config, entity.config) : [];
    if (!old) changes.push({ entity: ref, editedInConsole: false, change: 'added' });
    else if (fields.length > 0)
      changes.push({ entity: ref, editedInConsole: old.origin === 'console', change: 'changed', fields });
  }
  for (const [ref, old] of before)
    if (!after.has(ref))
      changes.push({ entity: ref, editedInConsole: old.origin === 'console', change: 'removed' });
  return changes;
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

const split = (refs: readonly string[]): [string[], string[]] => [
  refs.map((r) => r.slice(0, r.indexOf(':'))),
  refs.map((r) => r.slice(r.indexOf(':') + 1)),
];

async function endVersions(client: PoolClient, refs: readonly string[], at: Micros): Promise<void> {
  const params = [...split(refs), at];
  const named = `from unnest($1::text[], $2::text[]) as e (kind, id)
     where c.kind = e.kind and c.entity_id = e.id and c.withdrawn_at is null`;
  await client.query(
    `update config_version c set withdrawn_at = clock_timestamp() ${named} and c.valid_from >= instant($3::bigint)`,
    params,
  );
  await client.query(
    `update config_version c set valid_to = instant($3::bigint) ${named}
       and c.valid_from < instant($3::bigint) and (c.valid_to is null or c.valid_to > instant($3::bigint))`,
    params,
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
