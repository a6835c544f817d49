import {
  NetworkFile,
  type AreaConfig,
  type MeterId,
  type StationId,
  type TagId,
  type TagKey,
} from '@linepack/network';
import type { NetworkSnapshot } from '@linepack/store';

const name = (text: string) => ({ zh: text, en: text });

/** The site whose meters the balances stand on, and the source that its tags are heard by. */
const SITE = 'city';
export const METER_SOURCE = 'meters';
/** No tag of the alarm chain has such a number. */
const FIRST_METER_TAG = 101;
export const METERS = ['in', 'out', 'side'] as const;
export type MeterName = (typeof METERS)[number];
/** A counter is read so often at least, s. */
export const METER_REPORT_S = 600;
export const LIMIT_PERCENT = 1;

export const meterTag = (meter: MeterName): TagId => (FIRST_METER_TAG + METERS.indexOf(meter)) as TagId;

/** An area of the loss accounts. */
export interface LossArea {
  readonly id: string;
  readonly input: MeterName;
  readonly outputs: readonly MeterName[];
  /** When its gas day ends, true time, microseconds. */
  readonly cutOff: number;
  /** The same in words of the network file. */
  readonly gasDay: { readonly start: string; readonly timeZone: string };
}

/** A configuration from an instant on: the areas that there are, and how often any was changed. */
export interface LossConfiguration {
  readonly from: number;
  readonly areas: readonly LossArea[];
  readonly version: number;
}

const areaConfig = ({ id, input, outputs, gasDay }: LossArea): AreaConfig => ({
  id,
  name: name(id),
  level: 2,
  inputs: [`${SITE}.${input}`],
  outputs: outputs.map((meter) => ({ meter: `${SITE}.${meter}`, role: 'other' })),
  ownUse: [],
  vent: [],
  pipes: [],
  limitPercent: LIMIT_PERCENT,
  denominator: 'input',
  volumeFloor: 0,
  gasDay,
});

/** Does not fit together: its meter is nowhere. The file's check would refuse it; what is stored may be older. */
export const BROKEN_AREA = 'broken';
const brokenArea = (like: LossArea): AreaConfig => ({
  ...areaConfig(like),
  id: BROKEN_AREA,
  inputs: [`${SITE}.gone`],
});

/** The alarm chain's network and beside it the meters and areas, as the database would give it. */
export function withLoss(
  base: NetworkSnapshot,
  { areas, version }: LossConfiguration,
  broken: LossArea | null,
): NetworkSnapshot {
  const site = NetworkFile.shape.stations.element.parse({
    id: SITE,
    name: name(SITE),
    kind: 'gate',
    altitudeM: 10,
    tags: METERS.map((meter) => ({
      id: `tot-${meter}`,
      name: name(meter),
      kind: 'totaliser',
      unit: 'm³',
      range: [0, 1e9],
      maxReportS: METER_REPORT_S,
      address: { source: METER_SOURCE, node: `ns=1;s=${meter}` },
    })),
    meters: METERS.map((meter) => ({
      id: meter,
      name: name(meter),
      kind: 'ultrasonic',
      owner: 'company',
      serial: meter,
      uncertainty: { expandedPercent: 0.5 },
      qMin: 1,
      qT: 10,
      qMax: 1e6,
      gas: 'gas',
      totaliser: { tag: `tot-${meter}`, volume: 'corrected', rolloverAt: 1e9 },
    })),
  });
  const all = [...(broken ? [brokenArea(broken)] : []), ...areas.map(areaConfig)];
  const stationId = SITE as StationId;
  const tags = site.tags.map((config, i) => ({
    tagId: meterTag(METERS[i] as MeterName),
    key: `${SITE}.${config.id}` as TagKey,
    stationId,
    config,
  }));
  return {
    ...base,
    file: { ...base.file, stations: [...base.file.stations, site], areas: all },
    tags: [...base.tags, ...tags],
    meters: site.meters.map((config) => ({ key: `${SITE}.${config.id}` as MeterId, stationId, config })),
    versions: new Map(all.map(({ id }) => [`area:${id}` as const, version])),
  };
}
