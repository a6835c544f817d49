import { AlarmLimits, LocalName, text } from '@linepack/network';
import { z } from 'zod';

export const micros = z.number().int().describe('Microseconds since the epoch');

/** One station of `GET /api/stations`, in the network file's order. */
export const Station = z.object({
  id: text(),
  name: LocalName,
  kind: z.enum(['supplier', 'gate', 'regulator', 'cng', 'industrial', 'valve']),
  timeZone: text(),
  atmosphericPressureKPa: z.number().describe('kPa absolute'),
  phone: text().nullable(),
});
export type Station = z.infer<typeof Station>;

/** `GET /api/stations` */
export const Stations = z.object({ stations: z.array(Station) });
export type Stations = z.infer<typeof Stations>;

/** One tag of `GET /api/tags`. */
export const Tag = z.object({
  tagId: z.int32(),
  key: text().describe('<station>.<tag>'),
  stationId: text(),
  sourceId: text(),
  name: LocalName,
  kind: text(),
  unit: text(),
  pressure: z.enum(['gauge', 'absolute']).nullable(),
  position: z.enum(['inlet', 'outlet', 'ambient', 'none']),
  overview: z.boolean(),
  range: z.tuple([z.number(), z.number()]),
  decimals: z.number().int(),
  maxReportS: z.number(),
  maop: z.number().nullable(),
  limits: AlarmLimits.nullable(),
});
export type Tag = z.infer<typeof Tag>;

/** `GET /api/tags?station=`: of one station, or all the user may see. */
export const TagsQuery = z.strictObject({ station: text().min(1).optional() });
export const Tags = z.object({ tags: z.array(Tag) });
export type Tags = z.infer<typeof Tags>;

/** Last value of a tag; when it is bad, the last good one with its time stands beside it. */
export const LatestValue = z.object({
  tagId: z.int32(),
  ts: micros.describe('Source timestamp, microseconds'),
  quality: z.int32().describe('OPC UA StatusCode as int32'),
  value: z.number().nullable(),
  heardAt: micros.describe(
    "When its source last said that this is so, µs on the collector's clock; age follows it",
  ),
  lastGood: z.object({ ts: micros, value: z.number() }).nullable(),
});
export type LatestValue = z.infer<typeof LatestValue>;

/** `GET /api/latest?tags=1,2` or `?station=ID`; with neither, all the user may see. */
export const LatestQuery = z.strictObject({
  tags: text()
    .regex(/^\d+(,\d+)*$/, 'expected tag ids, separated by commas')
    .transform((s) => s.split(',').map(Number))
    .optional(),
  station: text().min(1).optional(),
});
export type LatestQuery = z.infer<typeof LatestQuery>;
export const LatestValues = z.object({ values: z.array(LatestValue) });
export type LatestValues = z.infer<typeof LatestValues>;

export const RESOLUTIONS = ['raw', 'minute', 'hour'] as const;

/** `GET /api/history?tags=1,2&from=&to=&points=`: columns per tag; minimum and maximum of every bucket are kept. */
export const HistoryQuery = z.object({
  tags: text()
    .regex(/^\d+(,\d+){0,15}$/, 'expected 1 to 16 tag ids, separated by commas')
    .transform((s) => s.split(',').map(Number)),
  from: z.coerce.number().int().describe('Microseconds since the epoch'),
  to: z.coerce.number().int().describe('Microseconds since the epoch'),
  points: z.coerce.number().int().min(10).max(5_000).default(600),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

export const HistorySeries = z.object({
  tagId: z.int32(),
  ts: z.array(micros).describe('Start of the bucket, or the source time of a raw sample'),
  value: z
    .array(z.number().nullable())
    .describe('Time-weighted mean of what was usable in the bucket, or the raw value'),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  quality: z.array(z.int32()).describe('Worst quality in the bucket'),
  usable: z
    .array(z.number().min(0).max(1))
    .describe(
      'Share of the bucket in which a usable value held, which the mean is of; 0 or 1 for a raw sample',
    ),
});
export type HistorySeries = z.infer<typeof HistorySeries>;

export const History = z.object({
  from: micros,
  to: micros,
  resolution: z.enum(RESOLUTIONS),
  series: z.array(HistorySeries),
});
export type History = z.infer<typeof History>;

/** `GET /api/network`: what the header and the overview need to know of the whole network. */
export const Network = z.object({
  id: text(),
  name: LocalName,
  gasDay: z.object({ start: text(), timeZone: text() }),
  reference: z.object({ temperatureC: z.number(), pressureKPa: z.number() }),
  demo: z.boolean(),
});
export type Network = z.infer<typeof Network>;
