import type {
  MeterConfig,
  MeterId,
  Micros,
  NetworkFile,
  StationId,
  TagConfig,
  TagId,
  TagKey,
} from '@linepack/network';

/** A tag with its identity in the database. */
export interface NetworkTag {
  readonly tagId: TagId;
  /** <station>.<tag> */
  readonly key: TagKey;
  readonly stationId: StationId;
  readonly config: TagConfig;
}

/** A meter with its identity. */
export interface NetworkMeter {
  /** <station>.<meter>, as areas name it. */
  readonly key: MeterId;
  readonly stationId: StationId;
  readonly config: MeterConfig;
}

export const CONFIG_KINDS = ['network', 'gas', 'source', 'station', 'tag', 'meter', 'pipe', 'area'] as const;
export type ConfigKind = (typeof CONFIG_KINDS)[number];
/** Names one entity, for instance `meter:gate-east.m-1`. */
export type EntityRef = `${ConfigKind}:${string}`;

/** The whole network as it was configured at one instant. */
export interface NetworkSnapshot {
  readonly at: Micros;
  /** In the shape of the network file; sources keep their `${NAME}`: see `resolveEnvironment`. */
  readonly file: NetworkFile;
  readonly tags: readonly NetworkTag[];
  readonly meters: readonly NetworkMeter[];
  /** Configuration version of every entity: what a result pins. */
  readonly versions: ReadonlyMap<EntityRef, number>;
}

/** What an import would do to one entity. */
export type ConfigChange = {
  readonly entity: EntityRef;
  /** Last edited in the console, after the last import: an import would undo that. */
  readonly editedInConsole: boolean;
} & (
  | { readonly change: 'added' }
  | { readonly change: 'removed' }
  | { readonly change: 'changed'; readonly fields: readonly FieldChange[] }
);

export interface FieldChange {
  /** Dotted, for instance `limits.HH`. */
  readonly field: string;
  /** undefined: not set. */
  readonly old: unknown;
  readonly new: unknown;
}

export interface ImportOptions {
  readonly changedBy: string;
  /** From when on it holds; default now. The very first import holds from the beginning of time (1970). */
  readonly validFrom?: Micros;
  /** What to do where the console's edits would be undone; default refuse. */
  readonly consoleEdits?: 'refuse' | 'overwrite';
}

/** The import would undo edits made in the console. */
export class ConsoleEditConflict extends Error {
  readonly code = 'consoleEditConflict';
  constructor(readonly entities: readonly EntityRef[]) {
    super(`edited in the console since the last import: ${entities.join(', ')}`);
  }
}
