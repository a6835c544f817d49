import {
  conversionFactor,
  DETAIL,
  pipeVolume,
  referenceState,
  type Compressibility,
  type ReferenceState,
} from '@linepack/gas';
import { meterStandardUncertainty, type LegSide } from '@linepack/loss';
import type { MeterId, Percent, PipeId, PressureAbsKPa, StdCubicMetres } from '@linepack/network';
import { found, type Configuration } from './configuration';
import { Instruments, type Instrument } from './instruments';
import {
  MAX_READING_AGE,
  PlanError,
  together,
  type AreaPlan,
  type AreaPlans,
  type LegPlan,
  type MeterPlan,
  type PipePlan,
  type Versions,
} from './plan';

/** How much faster than its qMax a meter may count before a difference is taken for a fault of the counter. */
const OVER_RANGE = 1.2;
/** A corrector without a pressure tag: no line of a city network is denser than 12 MPa. */
const HIGHEST_KPA = 12_000 as PressureAbsKPa;

/** Makes plans of one configuration; gases are prepared once. */
export class LossPlanner {
  private readonly gases = new Map<string, Compressibility>();
  private readonly reference: ReferenceState;
  private readonly instruments: Instruments;

  constructor(private readonly configuration: Configuration) {
    this.reference = referenceState(configuration.network.config.reference);
    this.instruments = new Instruments(configuration);
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
      name === undefined ? undefined : this.instruments.of(`${station}.${name}`);
    const totaliser = this.instruments.of(`${station}.${config.totaliser.tag}`);
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
    const startPressure = this.instruments.of(config.startPressure);
    const endPressure = this.instruments.of(config.endPressure);
    const temperature = this.instruments.of(config.temperature);
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
}
