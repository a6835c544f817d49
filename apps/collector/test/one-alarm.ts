import type { Micros, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { qualityOf } from '@linepack/telemetry';
import { definitionsOf } from '../src/alarm/definitions';
import type { CollectorTag } from '../src/configuration/collector-configuration';
import type { Measured } from '../src/measurement';

/** A station with one pressure, whose only limit is H at 4 MPa, without delays. */
export const STATION = 'town';
export const PRESSURE = 'tag:town.p:H';

const name = { zh: '压力', en: 'Pressure' };
const tag = {
  tagId: 1 as TagId,
  key: 'town.p' as TagKey,
  stationId: STATION as StationId,
  config: { name, unit: 'MPa', limits: { H: 4, deadband: 0.1, onDelayS: 0, offDelayS: 0 } } as TagConfig,
} as CollectorTag;

export const definitions = definitionsOf({
  stations: [{ id: STATION as StationId, name }],
  sources: [],
  tags: [tag],
});

export const pressureOf = (value: number, ts: Micros): Measured => ({
  tag,
  sample: { tagId: tag.tagId, ts, quality: qualityOf(0), value },
  lag: 0,
});
