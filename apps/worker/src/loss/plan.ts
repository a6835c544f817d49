import {
  absolute,
  conversionFactor,
  DETAIL,
  pipeVolume,
  referenceState,
  stationAtmosphere,
  type Compressibility,
  type ReferenceState,
} from '@linepack/gas';
import {
  meterStandardUncertainty,
  type BalanceRule,
  type GasDayRule,
  type Interval,
  type LegSide,
  type MeterReadings,
  type OutletRole,
  type PipeReadings,
  type Series,
} from '@linepack/loss';
import {
  kelvinFrom,
  kPaFrom,
  LOSS_READING_AGE_S,
  MICROS_PER_SECOND,
  type Fraction,
  type LocalName,
  type MeterId,
  type Micros,
  type Percent,
  type PipeId,
  type PressureAbsKPa,
  type PressureGaugeKPa,
  type SourceId,
  type StdCubicMetres,
  type TagId,
  type TagKey,
} from '@linepack/network';
import type { Configuration } from './configuration';

/** How far a reading may be from the instant it stands for; older than that, a cut-off is not assessable. */
export const MAX_READING_AGE = LOSS_READING_AGE_S * MICROS_PER_SECOND;

/** How much faster than its qMax a meter may count before a difference is taken for a fault of the counter. */
const OVER_RANGE = 1.2;
/** A corrector without a pressure tag: no line of a city network is denser than 12 MPa. */
const HIGHEST_KPA = 12_000 as PressureAbsKPa;

/** Samples of a tag as a usable series; empty when there are none. */
export type SeriesOf = (tag: TagId) => Series;

/** When a source could not be heard. */
export type AwayOf = (source: SourceId) => readonly Interval[];

/** Configuration versions of everything something was made of, `kind:id` → version. */
export type Versions = Readonly<Record<string, number>>;

/** A meter as it was configured at the instant of the plan. */
export interface MeterPlan {
  readonly id: MeterId;
  readonly name: LocalName;
  readonly u: Fraction;
  readonly uncorrected: boolean;
  /** Every tag its records stand on, but for the flow. */
  readonly tags: readonly TagId[];
  /** Stands in where the counter was set back; read only then. */
  readonly flowTag: TagId | undefined;
  /** The sources its records stand on. */
  readonly sources: readonly SourceId[];
  readonly readings: (series: SeriesOf, away: AwayOf) => MeterReadings;
  readonly configVersion: number;
  readonly versions: Versions;
}

export interface PipePlan {
  readonly id: PipeId;
  readonly name: LocalName;
  readonly tags: readonly TagId[];
  readonly readings: (series: SeriesOf) => PipeReadings;
  readonly versions: Versions;
}

export interface LegPlan {
  readonly meter: MeterPlan;
  readonly side: LegSide;
  readonly role: OutletRole | undefined;
}

/** An area's balance as it was configured at the instant of the plan. */
export interface AreaPlan {
  readonly id: string;
  readonly name: LocalName;
  readonly level: 1 | 2;
  readonly gasDay: GasDayRule;
  readonly rule: BalanceRule;
  readonly legs: readonly LegPlan[];
  readonly pipes: readonly PipePlan[];
  readonly configVersions: Versions;
}

/** A configuration that does not fit together: named so that it is found in the network file. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** An area that is configured, whether or not its balance can be planned. */
export interface ConfiguredArea {
  readonly id: string;
  readonly name: LocalName;
  readonly gasDay: GasDayRule;
}

/** What one configuration gives. One area that does not fit together leaves the others as they are. */
export interface AreaPlans {
  readonly configured: readonly ConfiguredArea[];
  readonly areas: ReadonlyMap<string, AreaPlan>;
  readonly faults: ReadonlyMap<string, PlanError>;
}

/** Makes plans of one configuration; gases are prepared once. */
export class LossPlanner {
  private readonly gases = new Map<string, Compressibility>();
  private readonly reference: ReferenceState;

  constructor(private readonly configuration: Configuration) {
    this.reference = referenceState(configuration.network.config.reference);
  }

  plans(): AreaPlans {
    const { network, areas } = this.configuration;
    const planned = new Map<string, AreaPlan>();
    const faults = new Map<string, PlanError>();
    for (const id of areas.keys())
      try {
        planned.set(id, this.area(id));
      } catch (error) {
        const { message } = error as Error;
        faults.set(id, error instanceof PlanError ? error : new PlanError(message, { cause: error }));
      }
    const configured = [...areas].map(([id, { config }]) => ({
      id,
      name: config.name,
      gasDay: config.gasDay ?? network.config.gasDay,
    }));
    return { configured, areas: planned, faults };
  }

  private area(id: string): AreaPlan {
    const { config, version } = found(this.configuration.areas, 'area', id);
    const legs: LegPlan[] = [
      ...config.inputs.map((m) => this.leg(m, 'input')),
      ...config.outputs.map((o) => ({ ...this.leg(o.meter, 'output'), role: o.role })),
      ...config.ownUse.map((m) => this.leg(m, 'ownUse')),
      ...config.vent.map((m) => this.leg(m, 'vent')),
    ];
    const pipes = config.pipes.map((pipe) => this.pipe(pipe));
    const { network } = this.configuration;
    return {
      id,
      name: config.name,
      level: config.level,
      gasDay: config.gasDay ?? network.config.gasDay,
      rule: {
        limit: config.limitPercent as Percent,
        denominator: config.denominator,
        volumeFloor: config.volumeFloor as StdCubicMetres,
      },
      legs,
      pipes,
      configVersions: {
        ...this.networkVersion(),
        [`area:${id}`]: version,
        ...Object.assign({}, ...[...legs.map((l) => l.meter), ...pipes].map((part) => part.versions)),
      },
    };
  }

  private networkVersion(): Versions {
    const { config, version } = this.configuration.network;
    return { [`network:${config.id}`]: version };
  }

  private leg(meter: string, side: LegSide): LegPlan {
    return { meter: this.meter(meter), side, role: undefined };
  }

  private meter(id: string): MeterPlan {
    const { config, version } = found(this.configuration.meters, 'meter', id);
    const station = id.split('.')[0] as string;
    const tag = (name: string | undefined): Instrument | undefined =>
      name === undefined ? undefined : this.instrument(`${station}.${name}`);
    const totaliser = this.instrument(`${station}.${config.totaliser.tag}`);
    const [flow, pressure, temperature] = [tag(config.flow), tag(config.pressure), tag(config.temperature)];
    const uncorrected = config.totaliser.volume === 'uncorrected';
    const z = this.gas(config.gas);
    const common = {
      rolloverAt: config.totaliser.rolloverAt,
      mostPerHour: config.qMax * OVER_RANGE * (uncorrected ? 1 : this.mostFactor(z, pressure)),
      maxAge: MAX_READING_AGE,
    };
    const from = config.totaliser.reference ? referenceState(config.totaliser.reference) : this.reference;
    const used = (uncorrected ? [totaliser, pressure, temperature] : [totaliser]).filter(
      (i) => i !== undefined,
    );
    const sources = [...new Set(used.map((instrument) => instrument.source))];
    return {
      id: id as MeterId,
      name: config.name,
      u: meterStandardUncertainty(config.uncertainty),
      uncorrected,
      tags: used.map((instrument) => instrument.tagId),
      flowTag: flow?.tagId,
      sources,
      configVersion: version,
      versions: {
        ...this.networkVersion(),
        [`meter:${id}`]: version,
        ...this.gasVersion(config.gas),
        ...Object.assign({}, ...[totaliser, flow, pressure, temperature].map((i) => i?.versions)),
      },
      readings: (series, away) => ({
        ...common,
        away: together(sources.flatMap((source) => [...away(source)])),
        totaliser: totaliser.series(series),
        flow: flow?.series(series),
        conversion: uncorrected
          ? {
              kind: 'uncorrected',
              pressure: pressure?.series(series) ?? [],
              temperature: temperature?.series(series) ?? [],
              to: this.reference,
              z,
            }
          : { kind: 'corrected', from, to: this.reference, z },
      }),
    };
  }

  /** Standard m³ in one line m³ at the highest pressure the instrument can show: a bound, not a conversion. */
  private mostFactor(z: Compressibility, pressure: Instrument | undefined): number {
    const line = { pressure: pressure?.highest ?? HIGHEST_KPA, temperature: this.reference.temperature };
    const zReference = z(this.reference.pressure, this.reference.temperature);
    return conversionFactor(line, this.reference, z(line.pressure, line.temperature), zReference);
  }

  private pipe(id: string): PipePlan {
    const { config, version } = found(this.configuration.pipes, 'pipe', id);
    const startPressure = this.instrument(config.startPressure);
    const endPressure = this.instrument(config.endPressure);
    const temperature = this.instrument(config.temperature);
    const fixed = {
      volume: pipeVolume(config.insideDiameterMm / 1_000, config.lengthM),
      reference: this.reference,
      z: this.gas(config.gas),
      maxAge: MAX_READING_AGE,
    };
    return {
      id: id as PipeId,
      name: config.name,
      tags: [startPressure, endPressure, temperature].map((i) => i.tagId),
      versions: {
        ...this.networkVersion(),
        [`pipe:${id}`]: version,
        ...this.gasVersion(config.gas),
        ...startPressure.versions,
        ...endPressure.versions,
        ...temperature.versions,
      },
      readings: (series) => ({
        ...fixed,
        startPressure: startPressure.series(series),
        endPressure: endPressure.series(series),
        temperature: temperature.series(series),
      }),
    };
  }

  private gas(id: string): Compressibility {
    const known = this.gases.get(id);
    if (known) return known;
    const z = DETAIL.of(found(this.configuration.gases, 'gas', id).config.composition);
    this.gases.set(id, z);
    return z;
  }

  private gasVersion(id: string): Versions {
    return { [`gas:${id}`]: found(this.configuration.gases, 'gas', id).version };
  }

  private instrument(key: string): Instrument {
    const { config, tagId, version } = found(this.configuration.tags, 'tag', key as TagKey);
    const stationId = key.split('.')[0] as string;
    const station = found(this.configuration.stations, 'station', stationId);
    const convert = this.converter(key);
    return {
      tagId,
      source: config.address.source as SourceId,
      // Its station's altitude is in every gauge pressure.
      versions: { [`tag:${key}`]: version, [`station:${stationId}`]: station.version },
      highest: convert(config.range[1]) as PressureAbsKPa,
      series: (of) => of(tagId).map((point) => ({ at: point.at, value: convert(point.value) })),
    };
  }

  /** The tag's own unit to what is calculated with: absolute kPa, kelvin; counters and flows stay as they are. */
  private converter(key: string): (value: number) => number {
    const { config } = found(this.configuration.tags, 'tag', key as TagKey);
    if (config.kind === 'temperature') return (value) => kelvinFrom(value, config.unit);
    if (config.kind !== 'pressure') return (value) => value;
    if (config.pressure === 'absolute') return (value) => kPaFrom(value, config.unit);
    const station = found(this.configuration.stations, 'station', key.split('.')[0] as string);
    const atmosphere = stationAtmosphere(station.config);
    return (value) => absolute(kPaFrom(value, config.unit) as PressureGaugeKPa, atmosphere);
  }
}

/** A tag ready to be calculated with. */
interface Instrument {
  readonly tagId: TagId;
  readonly source: SourceId;
  readonly versions: Versions;
  readonly highest: PressureAbsKPa;
  readonly series: (of: SeriesOf) => Series;
}

/** Intervals apart from each other that cover the same time. */
export function together(intervals: readonly Interval[]): Interval[] {
  const covered: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = covered.at(-1);
    if (last && next.from <= last.to)
      covered[covered.length - 1] = { from: last.from, to: Math.max(last.to, next.to) as Micros };
    else covered.push(next);
  }
  return covered;
}

function found<K, V>(map: ReadonlyMap<K, V>, kind: string, id: K): V {
  const value = map.get(id);
  if (value === undefined) throw new PlanError(`${kind} ${String(id)}: not configured at this time`);
  return value;
}
