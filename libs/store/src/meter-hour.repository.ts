import type { MeterId, Micros } from '@linepack/network';
import type { Queryable } from './database';

/** A meter's record of one hour of its gas day, as computed. */
export interface MeterHourRecord {
  readonly meterId: MeterId;
  readonly from: Micros;
  readonly to: Micros;
  /** In the counter's own m³; null when it cannot be told. */
  readonly raw: number | null;
  /** Standard m³ at the network's reference; null when it cannot be told. */
  readonly volume: number | null;
  /** Standard m³ per counted m³. */
  readonly factor: number | null;
  /** The readings it stands on, copied. */
  readonly readings: unknown;
  readonly measuredS: number;
  readonly substitutedS: number;
  readonly estimatedS: number;
  readonly flags: readonly string[];
  /** Version of the meter's configuration. */
  readonly configVersion: number;
  /** Versions of everything it was computed with, `kind:id` → version; null of old records. */
  readonly configVersions: Readonly<Record<string, number>> | null;
  readonly algorithm: string;
  readonly computedAt: Micros;
}

export type StoredMeterHour = MeterHourRecord & { readonly revision: number };

/** Hourly records of meters. A recalculation adds a revision; nothing is overwritten. */
export class MeterHourRepository {
  constructor(private readonly db: Queryable) {}

  /** Keeps records, each as the next revision of its hour; one that equals the newest revision is not kept again. */
  async save(records: readonly MeterHourRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.db.query(
      `insert into meter_hour (meter_id, hour, to_ts, revision, raw, volume, factor, readings, measured_s,
         substituted_s, estimated_s, flags, config_version, config_versions, algorithm, computed_at)
       select r."meterId", instant(r."from"), instant(r."to"), coalesce(newest.revision, 0) + 1, r.raw, r.volume,
         r.factor, coalesce(r.readings, 'null'), r."measuredS", r."substitutedS", r."estimatedS", r.flags,
         r."configVersion", r."configVersions", r.algorithm, instant(r."computedAt")
       from jsonb_to_recordset($1::jsonb) as r (
         "meterId" text, "from" bigint, "to" bigint, raw float8, volume float8, factor float8, readings jsonb,
         "measuredS" float8, "substitutedS" float8, "estimatedS" float8, flags text[], "configVersion" int,
         "configVersions" jsonb,
         algorithm text, "computedAt" bigint)
       left join lateral (
         select h.* from meter_hour h where h.meter_id = r."meterId" and h.hour = instant(r."from")
         order by h.revision desc limit 1
       ) newest on true
       where newest.revision is null
         or (newest.to_ts, newest.raw, newest.volume, newest.factor, newest.readings, newest.flags,
             newest.measured_s, newest.substituted_s, newest.estimated_s, newest.config_version, newest.config_versions,
             newest.algorithm)
           is distinct from (instant(r."to"), r.raw, r.volume, r.factor, coalesce(r.readings, 'null'), r.flags,
             r."measuredS", r."substitutedS", r."estimatedS", r."configVersion", r."configVersions", r.algorithm)`,
      [JSON.stringify(records)],
    );
  }

  /** The newest revision of each hour that starts in [from, to), by meter and hour; at most 100,000. */
  async newest(meterIds: readonly MeterId[], from: Micros, to: Micros): Promise<StoredMeterHour[]> {
    const { rows } = await this.db.query<StoredMeterHour>(
      `select distinct on (meter_id, hour) meter_id as "meterId", micros(hour) as from, micros(to_ts) as to, revision,
         raw, volume, factor, readings, measured_s as "measuredS", substituted_s as "substitutedS",
         estimated_s as "estimatedS", flags, config_version as "configVersion",
         config_versions as "configVersions", algorithm,
         micros(computed_at) as "computedAt"
       from meter_hour
       where meter_id = any ($1) and hour >= instant($2::bigint) and hour < instant($3::bigint)
       order by meter_id, hour, revision desc limit 100000`,
      [meterIds, from, to],
    );
    return rows;
  }
}
