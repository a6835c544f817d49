import { NetworkFile, type SourceId, type StationId, type TagId, type TagKey } from '@linepack/network';
import type { NetworkSnapshot } from '@linepack/store';

const name = (text: string) => ({ zh: text, en: text });

/** Seconds between two words of a tag at most; three of them without a word are silence. */
export const MAX_REPORT_S = 8;
export const PLC = 'plc' as SourceId;
export const BROKER = 'broker' as SourceId;
export const STATIONS = ['alpha', 'beta', 'gamma'] as const;

interface TagPlan {
  readonly station: (typeof STATIONS)[number];
  readonly id: string;
  readonly at: { readonly node: string } | { readonly topic: string; readonly path: string };
  readonly limits?: Partial<Record<'LL' | 'L' | 'H' | 'HH', number>> & {
    readonly deadband?: number;
    readonly onDelayS?: number;
    readonly offDelayS?: number;
  };
}

/** A tag as the plant has it; the limits are those the network begins with. */
export const TAGS: readonly TagPlan[] = [
  { station: 'alpha', id: 'p', at: { node: 'ns=1;s=A.P' }, limits: { L: 2, H: 4, HH: 5, deadband: 0.1 } },
  { station: 'alpha', id: 't', at: { node: 'ns=1;s=A.T' }, limits: { H: 4, onDelayS: 30, offDelayS: 4 } },
  { station: 'beta', id: 'p', at: { node: 'ns=1;s=B.P' }, limits: { LL: 1, L: 2, H: 4, onDelayS: 20 } },
  {
    station: 'beta',
    id: 'q',
    at: { topic: 'plant/beta', path: 'q' },
    limits: { H: 4, onDelayS: 3, deadband: 0.2 },
  },
  { station: 'gamma', id: 'p', at: { topic: 'plant/gamma', path: 'p' }, limits: { L: 2, H: 4, HH: 5 } },
  { station: 'gamma', id: 'q', at: { topic: 'plant/gamma', path: 'q' }, limits: { H: 4, offDelayS: 5 } },
  // A device that gives no time of its own.
  { station: 'gamma', id: 'r', at: { topic: 'plant/gamma/raw', path: 'r' }, limits: { H: 4, L: 2 } },
];

/** How the limits of a tag may be changed while the storm goes on. */
export type LimitChange = {
  readonly key: string;
  readonly H: number | undefined;
  /** Whether everybody is told, or finds it at the next look. */
  readonly isTold: boolean;
};

export const keyOf = (tag: Pick<TagPlan, 'station' | 'id'>): string => `${tag.station}.${tag.id}`;
export const tagIdOf = (key: string): TagId => (TAGS.findIndex((t) => keyOf(t) === key) + 1) as TagId;

/** The network with these changes of limits, as the database would give it. */
export function networkWith(changes: readonly LimitChange[], atUs: number): NetworkSnapshot {
  const limitsOf = (tag: TagPlan) => {
    const changed = changes.filter((c) => c.key === keyOf(tag)).at(-1);
    if (!changed || !tag.limits) return tag.limits;
    const { H: _, ...rest } = tag.limits;
    return changed.H === undefined ? rest : { ...rest, H: changed.H };
  };
  const file = NetworkFile.parse({
    linepack: 1,
    id: 'storm',
    name: name('Storm'),
    gasDay: { start: '06:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'gas', name: name('Gas'), composition: { methane: 1 } }],
    sources: [
      {
        id: PLC,
        name: name('PLC'),
        kind: 'opcua',
        endpoint: 'opc.tcp://plc:4840',
        publishingIntervalMs: 1_000,
      },
      { id: BROKER, name: name('Broker'), kind: 'mqtt', url: 'mqtt://broker:1883' },
    ],
    stations: STATIONS.map((id) => ({
      id,
      name: name(id),
      kind: 'regulator',
      altitudeM: 10,
      tags: TAGS.filter((t) => t.station === id).map((t) => ({
        id: t.id,
        name: name(t.id),
        kind: 'pressure',
        unit: 'MPa',
        pressure: 'gauge',
        range: [-10, 20],
        maxReportS: MAX_REPORT_S,
        address: 'node' in t.at ? { source: PLC, ...t.at } : { source: BROKER, ...t.at },
        ...(t.limits ? { limits: limitsOf(t) } : {}),
      })),
    })),
  });
  const tags = file.stations.flatMap((station) =>
    station.tags.map((config) => ({
      tagId: tagIdOf(`${station.id}.${config.id}`),
      key: `${station.id}.${config.id}` as TagKey,
      stationId: station.id as StationId,
      config,
    })),
  );
  return { at: atUs as NetworkSnapshot['at'], file, tags, meters: [], versions: new Map() };
}
