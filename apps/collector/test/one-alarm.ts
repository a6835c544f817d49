import type { Micros, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { qualityOf, type PresentValue } from '@linepack/telemetry';
import { definitionsOf } from '../src/alarm/definitions';
import type { CollectorTag } from '../src/configuration/collector-configuration';

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

/** A pressure as it is from `at` on: the clock of its source goes with ours. */
export const pressureOf = (value: number, at: Micros): PresentValue => ({
  tagId: tag.tagId,
  quality: qualityOf(0),
  value,
  at,
  receivedAt: at,
  heardAt: at,
  clockSession: 1,
});
