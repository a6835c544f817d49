import { z } from 'zod';
import { HistoryProgress } from './loss';
import { micros } from './plant';

/** A part of the product, or a connection it holds. */
export const PartState = z.enum(['up', 'starting', 'degraded', 'down', 'absent']);
export type PartState = z.infer<typeof PartState>;

export const SourceState = z.object({
  sourceId: z.string(),
  state: z.enum(['connected', 'connecting', 'disconnected']),
  since: micros,
  lastNotificationAt: micros.nullable(),
  monitored: z.number().int().describe('Tags subscribed to'),
  rejected: z.number().int().describe('Tags the server refused to monitor'),
  error: z.string().nullable(),
});
export type SourceState = z.infer<typeof SourceState>;

/** What each process says of itself, retained on the bus with a last will. */
export const PartStatus = z.object({
  part: z.enum(['database', 'bus', 'simulator', 'collector', 'worker', 'api']),
  state: PartState,
  at: micros,
  detail: z.string().default(''),
  database: z.enum(['up', 'away']).optional(),
  spool: z.object({ entries: z.number().int(), bytes: z.number().int() }).optional(),
  sources: z.array(SourceState).optional(),
  samplesPerSecond: z.number().optional(),
  history: HistoryProgress.optional(),
});
export type PartStatus = z.infer<typeof PartStatus>;

/** `GET /api/health`: 200 when ready, 503 until then. */
export const Health = z.object({
  status: z.enum(['ready', 'starting', 'degraded']),
  version: z.string(),
  parts: z.array(PartStatus),
});
export type Health = z.infer<typeof Health>;

/** `GET /api/diagnostics`: connections, waiting entries and how far behind the data is. */
export const Diagnostics = z.object({
  at: micros,
  parts: z.array(PartStatus),
  sources: z.array(SourceState),
  spool: z.object({ entries: z.number().int(), bytes: z.number().int() }),
  samplesPerSecond: z.number().nullable(),
  database: z.enum(['up', 'away']),
  auditWaiting: z.number().int().describe('Audit entries in memory that wait for the database'),
  lag: z
    .array(
      z.object({
        stationId: z.string(),
        newestAt: micros.nullable().describe('Source time of the newest sample'),
        lagSeconds: z.number().nullable().describe('Age of the newest sample, s'),
      }),
    )
    .describe('Per station'),
});
export type Diagnostics = z.infer<typeof Diagnostics>;
