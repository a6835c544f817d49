import { text } from '@linepack/network';
import { z } from 'zod';
import { HistoryProgress } from './loss';
import { micros } from './plant';

/** A part of the product, or a connection it holds. */
export const PartState = z.enum(['up', 'starting', 'degraded', 'down', 'absent']);
export type PartState = z.infer<typeof PartState>;

const count = z.number().int().min(0);

/**
 * What became of every word a source said, words since the collector's start. Every word is in exactly one column:
 * received = stored + unchanged + duplicate + history + Σ refused + discarded + waiting + uncounted.
 */
export const LossLedger = z.object({
  received: count,
  stored: count,
  unchanged: count.describe('Thinned out: inside the deadband or the same again'),
  duplicate: count,
  history: count.describe('Stored at its own time, neither shown nor alarmed'),
  refused: z.record(text(), count).describe('By reason'),
  discarded: count,
  waiting: count.describe('Not decided yet, or on its way to the database'),
  uncounted: z.number().int().describe('0 unless the ledger itself is wrong'),
});
export type LossLedger = z.infer<typeof LossLedger>;

export const SourceState = z.object({
  sourceId: text(),
  state: z.enum(['connected', 'connecting', 'disconnected']),
  since: micros,
  lastNotificationAt: micros.nullable(),
  monitored: z.number().int().describe('Tags subscribed to'),
  rejected: z.number().int().describe('Tags the server refused to monitor'),
  error: text().nullable(),
  ledger: LossLedger.optional(),
  skewS: z
    .number()
    .nullable()
    .optional()
    .describe('How far the clock of the source is behind ours, s; null: not known yet'),
  clockSteps: count.optional().describe('How often its clock was seen to jump'),
  withoutFirstValue: count
    .optional()
    .describe('Tags subscribed to that never got a value; absent while some may still be on their way'),
});
export type SourceState = z.infer<typeof SourceState>;

/** What each process says of itself, retained on the bus with a last will. */
export const PartStatus = z.object({
  part: z.enum(['database', 'bus', 'simulator', 'collector', 'worker', 'api']),
  state: PartState,
  at: micros,
  detail: text().default(''),
  database: z.enum(['up', 'away']).optional(),
  spool: z.object({ entries: z.number().int(), bytes: z.number().int() }).optional(),
  sources: z.array(SourceState).optional(),
  samplesPerSecond: z.number().optional(),
  history: HistoryProgress.optional(),
  instance: text().optional().describe('Which of several collectors speaks'),
  partitions: z.array(text()).optional().describe('Station ids, and `network`, that this collector owns'),
  leases: z
    .enum(['up', 'away'])
    .optional()
    .describe(
      'Whether this collector may take what others let run out: not while leases are away for it, nor for a moment after',
    ),
  unowned: z
    .array(text())
    .optional()
    .describe('Partitions without a living owner: nobody watches their alarms'),
  ledger: LossLedger.optional().describe('Totals of all its sources'),
  alarmInconsistencies: count
    .optional()
    .describe('Alarms whose state the audit found to differ from their condition: 0, or a fault of ours'),
});
export type PartStatus = z.infer<typeof PartStatus>;

/** `GET /api/health`: 200 when ready, 503 until then. */
export const Health = z.object({
  status: z.enum(['ready', 'starting', 'degraded']),
  version: text(),
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
  collectors: z.array(PartStatus).optional().describe('Each instance by itself; `parts` has them as one'),
  auditWaiting: z.number().int().describe('Audit entries in memory that wait for the database'),
  auditSetAside: count.optional().describe('Audit entries the database could not keep, in a file of the api'),
  lag: z
    .array(
      z.object({
        stationId: text(),
        newestAt: micros.nullable().describe('When the newest value was heard'),
        lagSeconds: z.number().nullable().describe('How long ago that was, s'),
        quality: z
          .object({ good: count, uncertain: count, bad: count, missing: count })
          .optional()
          .describe('Present values by class; missing: tags that never had one'),
      }),
    )
    .describe('Per station'),
});
export type Diagnostics = z.infer<typeof Diagnostics>;
