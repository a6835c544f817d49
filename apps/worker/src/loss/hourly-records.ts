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
import { MAX_READING_AGE, type MeterPlan } from './plan';
import { OUTAGE_GRID, seriesIn, type Absences, type Readings, type Stretch } from './readings';
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
    configVersions: meter.versions,
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

/**
 * Whether a kept record is what one computed now would be, late data apart: of the same configuration and, where it
 * tells no volume, of a time when every reading it could have stood on was there. Of an old one only its meter's
 * version is known.
 */
function isCurrent(record: StoredMeterHour, { configVersion, versions }: MeterPlan): boolean {
  if (record.volume === null && record.computedAt < record.to + MAX_READING_AGE) return false;
  if (record.algorithm !== ALGORITHM || record.configVersion !== configVersion) return false;
  const pinned = record.configVersions;
  if (pinned === null) return true;
  const names = new Set([...Object.keys(pinned), ...Object.keys(versions)]);
  return [...names].every((name) => pinned[name] === versions[name]);
}

const groups = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

type Records = ReadonlyMap<MeterId, MeterHour[]>;

/** Records of one run that are held for the areas after; more than the longest catch-up of a city has. */
const MOST_HELD = 100_000;

/** A record depends on no sample later than a reading's age after its hour, whatever else counts already. */
const keyOf = (meter: MeterPlan, { from, to }: Interval, until: Micros): string =>
  `${meter.id} ${from} ${to} ${Math.min(until, to + MAX_READING_AGE + 1)} ${JSON.stringify(meter.versions)}`;

/** Hourly records of meters: computed from readings, kept in the store, taken from there. */
export class HourlyRecords {
  constructor(
    private readonly readings: Readings,
    private readonly absences: Absences,
    private readonly store: Pick<MeterHourRepository, 'save' | 'newest'>,
    private readonly clock: () => Micros,
  ) {}

  private readonly held = new Map<string, MeterHour>();

  /** Forgets what was computed in the run before: samples may have come since. */
  beginRun(): void {
    this.held.clear();
  }

  /**
   * The records of all hours of an interval, computed anew from its readings and kept: what they say depends on the
   * readings alone, not on what was recorded before.
   */
  async whole(meters: readonly MeterPlan[], interval: Interval, until: Micros): Promise<Records> {
    const computed = await this.compute(meters, hoursOf(interval), until);
    const records = await this.bridged(meters, interval, computed, until);
    await this.keep(meters, records);
    return records;
  }

  /**
   * The records of all hours of an interval that is not over: kept ones as they are, the others computed; hours that
   * ended by `settled` are kept from now on, later ones are not final yet.
   */
  async running(
    meters: readonly MeterPlan[],
    interval: Interval,
    { settled, until }: { readonly settled: Micros; readonly until: Micros },
  ): Promise<Records> {
    const kept = await this.kept(meters, interval);
    const knows = (meter: MeterPlan, hour: Interval): MeterHour | undefined => {
      const record = kept.get(meter.id)?.get(hour.from);
      return record?.to === hour.to ? record : undefined;
    };
    const hours = hoursOf(interval);
    const missing = hours.filter((hour) => meters.some((meter) => !knows(meter, hour)));
    const fresh = await this.compute(meters, missing, until);
    const all = new Map(
      meters.map((meter) => {
        const added = new Map((fresh.get(meter.id) ?? []).map((hour) => [hour.from, hour]));
        return [meter.id, hours.flatMap((hour) => knows(meter, hour) ?? added.get(hour.from) ?? [])];
      }),
    );
    const records = await this.bridged(meters, interval, all, until);
    await this.keep(meters, records, settled);
    return records;
  }

  private async keep(meters: readonly MeterPlan[], records: Records, settled?: Micros): Promise<void> {
    const at = this.clock();
    await this.store.save(
      meters.flatMap((meter) =>
        (records.get(meter.id) ?? [])
          .filter((hour) => settled === undefined || hour.to <= settled)
          .map((hour) => recordOf(meter, hour, at)),
      ),
    );
  }

  /** The kept records of the hours of an interval that were made as today, by meter and hour's start. */
  private async kept(
    meters: readonly MeterPlan[],
    { from, to }: Interval,
  ): Promise<Map<MeterId, Map<Micros, MeterHour>>> {
    const plans = new Map(meters.map((meter) => [meter.id, meter]));
    const kept = new Map<MeterId, Map<Micros, MeterHour>>([...plans.keys()].map((id) => [id, new Map()]));
    for (const record of await this.store.newest([...plans.keys()], from, to)) {
      const plan = plans.get(record.meterId);
      if (plan && isCurrent(record, plan)) kept.get(record.meterId)?.set(record.from, hourOf(record));
    }
    return kept;
  }

  private async compute(
    meters: readonly MeterPlan[],
    hours: readonly Interval[],
    until: Micros,
  ): Promise<Records> {
    const computed = new Map<MeterId, MeterHour[]>(meters.map((meter) => [meter.id, []]));
    for (const group of groups(hours, HOURS_A_READ)) {
      const unknown = meters.filter((m) => group.some((hour) => !this.held.has(keyOf(m, hour, until))));
      const records = await this.from(unknown, group, group, { until });
      for (const meter of meters) {
        const known = records.get(meter.id);
        const all = group.map((hour, i) => known?.[i] ?? this.held.get(keyOf(meter, hour, until)));
        computed.get(meter.id)?.push(...all.filter((hour) => hour !== undefined));
      }
      for (const meter of unknown)
        records.get(meter.id)?.forEach((hour) => this.held.set(keyOf(meter, hour, until), hour));
    }
    if (this.held.size > MOST_HELD) this.held.clear();
    return computed;
  }

  /**
   * Fills hours without a volume from readings further away: after an outage the counter tells what passed meanwhile,
   * which no reading near those hours can. What is still unknown stays without a volume.
   */
  private async bridged(
    meters: readonly MeterPlan[],
    interval: Interval,
    known: Records,
    until: Micros,
  ): Promise<Records> {
    const broken = meters.filter((meter) => known.get(meter.id)?.some((hour) => hour.volume === null));
    if (broken.length === 0) return known;
    const hours = hoursOf(interval);
    const wide = await this.from(broken, [interval], hours, { until, step: OUTAGE_GRID });
    const better = (meter: MeterPlan, hour: MeterHour): MeterHour => {
      if (hour.volume !== null) return hour;
      const filled = wide.get(meter.id)?.find((h) => h.from === hour.from);
      return filled && filled.volume !== null ? filled : hour;
    };
    return new Map(
      meters.map((meter) => [meter.id, (known.get(meter.id) ?? []).map((hour) => better(meter, hour))]),
    );
  }

  /** Records of hours from the readings in and around a stretch; the flow is read only where a counter needs it. */
  private async from(
    meters: readonly MeterPlan[],
    stretch: readonly Interval[],
    hours: readonly Interval[],
    how: Pick<Stretch, 'until' | 'step'>,
  ): Promise<Map<MeterId, MeterHour[]>> {
    const [begin, end] = [stretch[0], stretch.at(-1)];
    if (!begin || !end) return new Map();
    const whole = { from: begin.from, to: end.to, ...how };
    const read = (tags: readonly TagId[]): Promise<ReadonlyMap<TagId, Series>> =>
      tags.length === 0 ? Promise.resolve(new Map()) : this.readings.series([...new Set(tags)], whole);
    const series = await read(meters.flatMap((meter) => [...meter.tags]));
    const away = await this.absences.of([...new Set(meters.flatMap((m) => [...m.sources]))], whole);
    const first = meters.map((meter) => {
      const readings = meter.readings(seriesIn(series), away);
      return { meter, records: hours.map((hour) => meterHour(readings, hour)) };
    });
    const set = first.filter(({ records }) => records.some(needsFlow)).map(({ meter }) => meter);
    if (set.length === 0) return new Map(first.map(({ meter, records }) => [meter.id, records]));
    const flows = await read(set.flatMap((meter) => meter.flowTag ?? []));
    return new Map(
      first.map(({ meter, records }) => {
        const readings = meter.readings(seriesIn(series, flows), away);
        return [meter.id, set.includes(meter) ? hours.map((hour) => meterHour(readings, hour)) : records];
      }),
    );
  }
}

const needsFlow = ({ volume, flags }: MeterHour): boolean =>
  volume === null && (flags.includes('reset') || flags.includes('jump'));
