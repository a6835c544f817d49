import type { Micros } from '@linepack/network';
import { entityRef, fieldChanges, type Entity, type StoredEntity } from './network-entities';
import type { ConfigChange, EntityRef } from './network-snapshot';

/** A version that is in force for some time. */
export interface Validity extends StoredEntity {
  readonly origin: 'file' | 'console';
  readonly from: Micros;
  /** Exclusive; null: until something else is said. */
  readonly to: Micros | null;
}

/** What an import does. From its instant on the file alone is in force, whatever was said before of the time after. */
export interface ConfigPlan {
  readonly changes: readonly ConfigChange[];
  /** Begin at or after the instant and are not what the file says: they stay as evidence. */
  readonly withdraw: readonly Validity[];
  /** In force at the instant and not what the file says: they end there. */
  readonly end: readonly Validity[];
  /** In force at the instant, as the file says, and ended by something that is withdrawn: they hold on. */
  readonly extend: readonly Validity[];
  readonly add: readonly Entity[];
}

interface EntityPlan {
  readonly change: ConfigChange;
  readonly kept: Validity | undefined;
}

const isSame = (version: Validity, entity: Entity): boolean =>
  fieldChanges(version.config, entity.config).length === 0;

/** The first time from the instant on at which something else than the file's entity is in force; null: never. */
function differenceOf(
  entity: Entity,
  own: readonly Validity[],
  at: Micros,
): { change: 'added' } | { change: 'changed'; fields: ReturnType<typeof fieldChanges> } | null {
  let heldTo: Micros | null = at;
  for (const version of own) {
    if (heldTo === null || version.from > heldTo) break;
    const fields = fieldChanges(version.config, entity.config);
    if (fields.length > 0) return { change: 'changed', fields };
    heldTo = version.to;
  }
  return heldTo === null ? null : { change: 'added' };
}

function entityPlan(entity: Entity, own: readonly Validity[], at: Micros): EntityPlan | null {
  const difference = differenceOf(entity, own, at);
  if (!difference) return null;
  const editedInConsole = own.some((v) => v.origin === 'console' && !isSame(v, entity));
  const kept = own.find((v) => v.from <= at && isSame(v, entity));
  return { change: { entity: entityRef(entity), editedInConsole, ...difference }, kept };
}

function byEntity(versions: readonly Validity[]): Map<EntityRef, Validity[]> {
  const groups = new Map<EntityRef, Validity[]>();
  for (const version of [...versions].sort((a, b) => a.from - b.from)) {
    const group = groups.get(entityRef(version));
    if (group) group.push(version);
    else groups.set(entityRef(version), [version]);
  }
  return groups;
}

/**
 * What importing a file does that holds from `at` on.
 * @param versions everything that is in force at `at` or at any time after it
 */
export function planImport(
  versions: readonly Validity[],
  entities: readonly Entity[],
  at: Micros,
): ConfigPlan {
  const groups = byEntity(versions);
  const plans = entities.flatMap((entity) => {
    const own = groups.get(entityRef(entity)) ?? [];
    const plan = entityPlan(entity, own, at);
    return plan ? [{ ...plan, entity, own }] : [];
  });
  const named = new Set(entities.map(entityRef));
  const removed = [...groups].filter(([ref]) => !named.has(ref));
  const touched = [...plans.flatMap((p) => p.own), ...removed.flatMap(([, own]) => own)];
  const kept = new Set(plans.flatMap(({ kept }) => (kept ? [kept] : [])));
  const put = touched.filter((v) => !kept.has(v));
  return {
    changes: [
      ...plans.map((p) => p.change),
      ...removed.map(([entity, own]) => ({
        entity,
        editedInConsole: own.some((v) => v.origin === 'console'),
        change: 'removed' as const,
      })),
    ],
    withdraw: put.filter((v) => v.from >= at),
    end: put.filter((v) => v.from < at),
    extend: [...kept],
    add: plans.filter((p) => !p.kept).map((p) => p.entity),
  };
}
