import type { LossCell, LossResult } from '@linepack/contracts';
import type { AreaId, GasDay, Micros } from '@linepack/network';
import { inTransaction, onlyRow, type Pool } from './database';

/** A calculation to be kept; its version is given by the store. */
export type ClosedLoss = Omit<LossResult, 'version' | 'provisional'>;

const CELL = `
  area_id as "areaId", gas_day::text as "gasDay", version, false as provisional, loss_percent as "lossPercent", loss,
  input, limit_percent as "limitPercent", verdict, completeness_percent as "completenessPercent"`;

const RESULT = `${CELL},
  micros(from_ts) as from, micros(to_ts) as to, micros(computed_at) as "computedAt", output, own_use as "ownUse", vent,
  line_pack_start as "linePackStart", line_pack_end as "linePackEnd", u95_percent as "u95Percent", reasons, lines,
  line_pack as "linePack", algorithm, config_versions as "configVersions"`;

/** A closed day of an area, and when it lay: what it was closed by stays its own, whatever rule came later. */
export interface ClosedDay {
  readonly areaId: AreaId;
  readonly day: GasDay;
  readonly from: Micros;
  readonly to: Micros;
}

/** What the newest calculation of a closed day says. */
export type DayVerdict = Pick<LossCell, 'areaId' | 'gasDay' | 'verdict' | 'lossPercent' | 'limitPercent'>;

/** Loss of closed gas days, every calculation a version that is never changed; and the running day's figure. */
export class LossRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * Keeps a calculation of a closed day as its next version.
   * @param inputs everything it was computed from (readings, compositions, conditions), copied with it
   * @returns the result with its version
   */
  async save(result: ClosedLoss, inputs: unknown): Promise<LossResult> {
    return inTransaction(this.pool, async (client) => {
      // One calculation of an area at a time, so that versions follow one another.
      await client.query('select from area where id = $1 for update', [result.areaId]);
      const { rows } = await client.query<{ version: number }>(
        `insert into loss_result (area_id, gas_day, version, from_ts, to_ts, computed_at, input, output, own_use, vent,
           line_pack_start, line_pack_end, loss, loss_percent, limit_percent, u95_percent, verdict, reasons,
           completeness_percent, lines, line_pack, inputs, config_versions, algorithm)
         values ($1, $2,
           (select coalesce(max(version), 0) + 1 from loss_result where area_id = $1 and gas_day = $2),
           instant($3::bigint), instant($4::bigint), instant($5::bigint), $6, $7, $8, $9, $10, $11, $12, $13, $14,
           $15, $16, $17, $18, $19::jsonb, $20::jsonb, $21::jsonb, $22::jsonb, $23)
         returning version`,
        [
          result.areaId,
          result.gasDay,
          result.from,
          result.to,
          result.computedAt,
          result.input,
          result.output,
          result.ownUse,
          result.vent,
          result.linePackStart,
          result.linePackEnd,
          result.loss,
          result.lossPercent,
          result.limitPercent,
          result.u95Percent,
          result.verdict,
          result.reasons,
          result.completenessPercent,
          JSON.stringify(result.lines),
          JSON.stringify(result.linePack),
          JSON.stringify(inputs ?? null),
          JSON.stringify(result.configVersions),
          result.algorithm,
        ],
      );
      return { ...result, version: onlyRow(rows).version, provisional: false };
    });
  }

  /** The newest version of each closed day from `from` to `to` (both included), by area and day; at most 10,000. */
  async newest(from: GasDay, to: GasDay, areaIds: readonly AreaId[] | null = null): Promise<LossCell[]> {
    const { rows } = await this.pool.query<LossCell>(
      `select distinct on (area_id, gas_day) ${CELL} from loss_result
       where gas_day between $1 and $2 and ($3::text[] is null or area_id = any ($3))
       order by area_id, gas_day, version desc limit 10000`,
      [from, to, areaIds],
    );
    return rows;
  }

  /** The newest calculation of an area's day, or null. */
  async result(areaId: AreaId, gasDay: GasDay): Promise<LossResult | null> {
    const { rows } = await this.pool.query<LossResult>(
      `select ${RESULT} from loss_result where area_id = $1 and gas_day = $2 order by version desc limit 1`,
      [areaId, gasDay],
    );
    return rows[0] ?? null;
  }

  /** Every calculation of an area's day, newest first; at most 200. */
  async versions(areaId: AreaId, gasDay: GasDay): Promise<LossResult[]> {
    const { rows } = await this.pool.query<LossResult>(
      `select ${RESULT} from loss_result where area_id = $1 and gas_day = $2 order by version desc limit 200`,
      [areaId, gasDay],
    );
    return rows;
  }

  /** What a version was computed from, as given to `save`; null when there is no such version. */
  async inputs(areaId: AreaId, gasDay: GasDay, version: number): Promise<unknown> {
    const { rows } = await this.pool.query<{ inputs: unknown }>(
      'select inputs from loss_result where area_id = $1 and gas_day = $2 and version = $3',
      [areaId, gasDay, version],
    );
    return rows[0]?.inputs ?? null;
  }

  /** The last closed day of each area that has one. */
  async lastClosed(): Promise<Map<AreaId, ClosedDay>> {
    const { rows } = await this.pool.query<ClosedDay>(
      `select distinct on (area_id) area_id as "areaId", gas_day::text as day, micros(from_ts) as from,
         micros(to_ts) as to
       from loss_result order by area_id, gas_day desc, version desc`,
    );
    return new Map(rows.map((r) => [r.areaId, r]));
  }

  /** The closed days that touch [from, to] (both included), by area and day; at most 10,000. */
  async touching(from: Micros, to: Micros): Promise<ClosedDay[]> {
    const { rows } = await this.pool.query<ClosedDay>(
      // A day is named by the date it starts on somewhere on earth, and is not much longer than 24 hours.
      `select distinct on (area_id, gas_day) area_id as "areaId", gas_day::text as day, micros(from_ts) as from,
         micros(to_ts) as to
       from loss_result
       where gas_day between (instant($1::bigint) - interval '4 days')::date
           and (instant($2::bigint) + interval '2 days')::date
         and from_ts <= instant($2::bigint) and to_ts >= instant($1::bigint)
       order by area_id, gas_day, version desc limit 10000`,
      [from, to],
    );
    return rows;
  }

  /**
   * What the newest calculations of areas say, each area's from a day on (null: from its beginning); of each area the
   * last `days` of them, ascending.
   */
  async verdicts(since: ReadonlyMap<AreaId, GasDay | null>, days: number): Promise<DayVerdict[]> {
    const { rows } = await this.pool.query<DayVerdict>(
      `select n.* from unnest($1::text[], $2::date[]) as w (area_id, since)
       cross join lateral (
         select distinct on (r.gas_day) r.area_id as "areaId", r.gas_day::text as "gasDay", r.verdict,
           r.loss_percent as "lossPercent", r.limit_percent as "limitPercent"
         from loss_result r
         where r.area_id = w.area_id and (w.since is null or r.gas_day >= w.since)
         order by r.gas_day desc, r.version desc limit $3
       ) n
       order by "areaId", "gasDay"`,
      [[...since.keys()], [...since.values()], days],
    );
    return rows;
  }

  /** The running day's figure of an area, in place of the one before. */
  async saveProvisional(result: LossResult): Promise<void> {
    await this.pool.query(
      `insert into loss_provisional (area_id, gas_day, result) values ($1, $2, $3::jsonb)
       on conflict (area_id) do update
         set gas_day = excluded.gas_day, result = excluded.result, updated_at = now()`,
      [result.areaId, result.gasDay, JSON.stringify(result)],
    );
  }

  /** The running day's figures, by area. */
  async provisional(): Promise<LossResult[]> {
    const { rows } = await this.pool.query<{ result: LossResult }>(
      'select result from loss_provisional order by area_id limit 10000',
    );
    return rows.map((r) => r.result);
  }
}
