import {
  hoursOf,
  meterHour,
  type HourFlag,
  type Interval,
  type MeterHour,
  type Series,
} from '@linepack/loss';
import {
  MICROS_PER_SECOND,
  type MeterId,
  type Micros,
  type StdCubicMetres,
  type TagId,
} from '@linepack/network';
import type { MeterHourRecord, MeterHourRepository, StoredMeterHour } from '@linepack/store';
import type { MeterPlan } from './plan';
import { OUTAGE_GRID, seriesIn, type Readings } from './readings';
import { ALGORITHM } from './result';

/** Readings are fetched for so many hours at a time: a bounded read keeps the one backend free for the screens. */
const HOURS_A_READ = 6;
const endsOf = (readings: unknown): Pick<MeterHour, 'start' | 'end'> =>
  (readings ?? { start: null, end: null }) as Pick<MeterHour, 'start' | 'end'>;

function recordOf(meter: MeterPlan, hour: MeterHour, computedAt: Micros): MeterHourRecord {
  const seconds = (hour.to - hour.from) / MICROS_PER_SECOND;
  return {
    meterId: meter.id,
    from: hour.from,
    to: hour.to,
    raw: hour.raw,
    volume: hour.volume,
    factor: hour.factor,
    readings: { start: hour.start, end: hour.end },
    measuredS: hour.shares.measured * seconds,
    substitutedS: hour.shares.substituted * seconds,
    estimatedS: hour.shares.estimated * seconds,
    flags: hour.flags,
    configVersion: meter.configVersion,
    algorithm: ALGORITHM,
    computedAt,
  };
}

function hourOf(record: StoredMeterHour): MeterHour {
  const seconds = (record.to - record.from) / MICROS_PER_SECOND;
  const measured = record.measuredS / seconds;
  const substituted = record.substitutedS / seconds;
  const estimated = record.estimatedS / seconds;
  return {
    from: record.from,
    to: record.to,
    raw: record.raw,
    volume: record.volume as StdCubicMetres | null,
    factor: record.factor,
    ...endsOf(record.readings),
    shares: {
      measured,
      substituted,
      estimated,
      missing: Math.max(0, 1 - measured - substituted - estimated),
    },
    flags: record.flags as readonly HourFlag[],
  };
}

const groups = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** Hourly records of meters: computed from readings, kept in the store, taken from there. */
export class HourlyRecords {
  constructor(
    private readonly readings: Readings,
    private readonly store: Pick<MeterHourRepository, 'save' | 'newest'>,
    private readonly clock: () => Micros,
  ) {}

  /** Computes records of consecutive hours without keeping them, by meter, ascending. */
  async compute(
    meters: readonly MeterPlan[],
    hours: readonly Interval[],
  ): Promise<Map<MeterId, MeterHour[]>> {
    const computed = new Map<MeterId, MeterHour[]>(meters.map((meter) => [meter.id, []]));
    for (const group of groups(hours, HOURS_A_READ)) {
      const records = await this.from(meters, group, group);
      for (const [id, hours] of records) computed.get(id)?.push(...hours);
    }
    return computed;
  }

  /** Computes records of consecutive hours and keeps those that are new or differ. */
  async record(meters: readonly MeterPlan[], hours: readonly Interval[]): Promise<Map<MeterId, MeterHour[]>> {
    const computed = await this.compute(meters, hours);
    const at = this.clock();
    const records = meters.flatMap((meter) =>
      (computed.get(meter.id) ?? []).map((hour) => recordOf(meter, hour, at)),
    );
    await this.store.save(records);
    return computed;
  }

  /** The kept records of the hours of an interval, by meter and hour's start; hours not recorded are not in it. */
  async kept(
    meters: readonly MeterPlan[],
    { from, to }: Interval,
  ): Promise<Map<MeterId, Map<Micros, MeterHour>>> {
    const ids = meters.map((meter) => meter.id);
    const kept = new Map<MeterId, Map<Micros, MeterHour>>(ids.map((id) => [id, new Map()]));
    for (const record of await this.store.newest(ids, from, to))
      kept.get(record.meterId)?.set(record.from, hourOf(record));
    return kept;
  }

  /**
   * The records of all hours of an interval: kept ones as they are, the others computed; complete hours that ended by
   * `settled` are kept from now on, later ones are not final yet.
   */
  async over(
    meters: readonly MeterPlan[],
    interval: Interval,
    settled: Micros,
  ): Promise<Map<MeterId, MeterHour[]>> {
    const hours = hoursOf(interval);
    const kept = await this.kept(meters, interval);
    const isKept = (meter: MeterPlan, hour: Interval): boolean =>
      kept.get(meter.id)?.get(hour.from)?.to === hour.to;
    const missing = hours.filter((hour) => meters.some((meter) => !isKept(meter, hour)));
    const final = missing.filter((hour) => hour.to <= settled);
    const open = missing.filter((hour) => hour.to > settled);
    const fresh = [await this.record(meters, final), await this.compute(meters, open)];
    const all = new Map(
      meters.map((meter) => {
        const added = fresh.flatMap((by) => by.get(meter.id) ?? []);
        const at = (hour: Interval): MeterHour[] => {
          const known = isKept(meter, hour) ? kept.get(meter.id)?.get(hour.from) : undefined;
          const record = known ?? added.find((h) => h.from === hour.from);
          return record ? [record] : [];
        };
        return [meter.id, hours.flatMap(at)];
      }),
    );
    return this.bridged(meters, interval, all);
  }

  /**
   * Fills hours without a volume from readings further away: after an outage the counter tells what passed meanwhile,
   * which it could not while the hours were recorded. What is still unknown stays without a volume.
   */
  private async bridged(
    meters: readonly MeterPlan[],
    interval: Interval,
    known: Map<MeterId, MeterHour[]>,
  ): Promise<Map<MeterId, MeterHour[]>> {
    const unknown = (meter: MeterPlan): MeterHour[] =>
      (known.get(meter.id) ?? []).filter((hour) => hour.volume === null);
    const broken = meters.filter((meter) => unknown(meter).length > 0);
    if (broken.length === 0) return known;
    const wide = await this.from(broken, [interval], hoursOf(interval), OUTAGE_GRID);
    const filled = broken.flatMap((meter) => {
      const starts = new Set(unknown(meter).map((hour) => hour.from));
      const hours = (wide.get(meter.id) ?? []).filter((h) => starts.has(h.from) && h.volume !== null);
      return hours.map((hour) => ({ meter, hour }));
    });
    const at = this.clock();
    await this.store.save(filled.map(({ meter, hour }) => recordOf(meter, hour, at)));
    const better = (meter: MeterPlan, hour: MeterHour): MeterHour =>
      filled.find((f) => f.meter === meter && f.hour.from === hour.from)?.hour ?? hour;
    return new Map(meters.map((m) => [m.id, (known.get(m.id) ?? []).map((hour) => better(m, hour))]));
  }

  /** Records of hours from the readings in and around a stretch; the flow is read only where a counter needs it. */
  private async from(
    meters: readonly MeterPlan[],
    stretch: readonly Interval[],
    hours: readonly Interval[],
    step?: number,
  ): Promise<Map<MeterId, MeterHour[]>> {
    const series = await this.around(
      stretch,
      meters.flatMap((meter) => [...meter.tags]),
      step,
    );
    const first = meters.map((meter) => {
      const readings = meter.readings(seriesIn(series));
      return { meter, records: hours.map((hour) => meterHour(readings, hour)) };
    });
    const set = first.filter(({ records }) => records.some(needsFlow)).map(({ meter }) => meter);
    if (set.length === 0) return new Map(first.map(({ meter, records }) => [meter.id, records]));
    const flows = await this.around(
      stretch,
      set.flatMap((meter) => meter.flowTag ?? []),
      step,
    );
    return new Map(
      first.map(({ meter, records }) => {
        const readings = meter.readings(seriesIn(series, flows));
        return [meter.id, set.includes(meter) ? hours.map((hour) => meterHour(readings, hour)) : records];
      }),
    );
  }

  private async around(
    stretch: readonly Interval[],
    tags: readonly TagId[],
    step: number | undefined,
  ): Promise<ReadonlyMap<TagId, Series>> {
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (!first || !last || tags.length === 0) return new Map();
    return this.readings.series([...new Set(tags)], first.from, last.to, step);
  }
}

const needsFlow = ({ volume, flags }: MeterHour): boolean =>
  volume === null && (flags.includes('reset') || flags.includes('jump'));
