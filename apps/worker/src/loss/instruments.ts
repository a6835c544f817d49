import { absolute, stationAtmosphere } from '@linepack/gas';
import type { Series } from '@linepack/loss';
import {
  kelvinFrom,
  kPaFrom,
  type PressureAbsKPa,
  type PressureGaugeKPa,
  type SourceId,
  type TagId,
  type TagKey,
} from '@linepack/network';
import { found, type Configuration } from './configuration';
import type { SeriesOf, Versions } from './plan';

/** A tag ready to be calculated with. */
export interface Instrument {
  readonly tagId: TagId;
  readonly source: SourceId;
  readonly versions: Versions;
  readonly highest: PressureAbsKPa;
  readonly series: (of: SeriesOf) => Series;
}

/** The tags of one configuration, in the units that are calculated with. */
export class Instruments {
  constructor(private readonly configuration: Pick<Configuration, 'tags' | 'stations'>) {}

  /** @throws PlanError for a tag, or a tag's station, that is not configured */
  of(key: string): Instrument {
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
