import { LocalName, text } from '@linepack/network';
import { z } from 'zod';
import { micros } from './plant';

export const GasDay = text()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a gas day as YYYY-MM-DD')
  .refine(isInCalendar, 'expected a day of the calendar');

/** 30 February is none, though `Date` takes it for 1 March; nor is a day of the year 0, though `Date` has one. */
function isInCalendar(day: string): boolean {
  if (day < '0001') return false;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** The plain company rule: |η| above the limit is a breach. */
export const LossVerdict = z.enum(['within', 'breach', 'notAssessable']);
export type LossVerdict = z.infer<typeof LossVerdict>;

export const LossArea = z.object({
  areaId: text(),
  name: LocalName,
  level: z.union([z.literal(1), z.literal(2)]),
  limitPercent: z.number(),
  denominator: z.enum(['input', 'inputAndLinePack']),
  gasDay: z.object({ start: text(), timeZone: text() }),
});
export type LossArea = z.infer<typeof LossArea>;

/** One row of the daily analysis table: a meter with the readings its volume stands on. */
export const LossLine = z.object({
  meterId: text(),
  name: LocalName,
  role: z.enum(['input', 'gate', 'regulator', 'industrial', 'cng', 'other', 'ownUse', 'vent']),
  volume: z.number().nullable().describe('m³ at reference conditions; null: not assessable'),
  start: z.object({ ts: micros, reading: z.number() }).nullable(),
  end: z.object({ ts: micros, reading: z.number() }).nullable(),
  measuredPercent: z
    .number()
    .describe('Share of the day with measured (not substituted, not estimated) readings'),
  remarks: z.array(text()).describe('Words such as rollover, reset, staleReading, converted'),
});
export type LossLine = z.infer<typeof LossLine>;

export const LinePackLine = z.object({
  pipeId: text(),
  name: LocalName,
  start: z.number().nullable().describe('m³ at reference conditions at the cut-off'),
  end: z.number().nullable(),
});
export type LinePackLine = z.infer<typeof LinePackLine>;

/** One calculation of one area's gas day. */
export const LossResult = z.object({
  areaId: text(),
  gasDay: GasDay,
  version: z.number().int().min(0).describe('0 is the provisional figure of the running day'),
  provisional: z.boolean(),
  from: micros,
  to: micros,
  computedAt: micros,
  input: z.number().nullable().describe('Q1, m³'),
  output: z.number().nullable().describe('Q2, m³'),
  ownUse: z.number().nullable().describe('Q3, m³'),
  vent: z.number().nullable().describe('Q4, m³'),
  linePackStart: z
    .number()
    .nullable()
    .describe('V1, m³; null: not assessable, 0 when the area lists no pipes'),
  linePackEnd: z.number().nullable().describe('V2, m³'),
  loss: z.number().nullable().describe('ΔV, m³; positive is loss'),
  lossPercent: z.number().nullable().describe('η, %'),
  limitPercent: z.number(),
  u95Percent: z.number().nullable().describe('Expanded uncertainty of η, percentage points'),
  verdict: LossVerdict,
  reasons: z.array(text()).describe('Why it is not assessable, or what to know'),
  completenessPercent: z.number(),
  lines: z.array(LossLine),
  linePack: z.array(LinePackLine),
  algorithm: text().describe('Versions of the algorithms it was computed with'),
  configVersions: z.record(text(), z.number().int()).describe('Configuration versions it stands on'),
});
export type LossResult = z.infer<typeof LossResult>;

/** A cell of areas × days. */
export const LossCell = LossResult.pick({
  areaId: true,
  gasDay: true,
  version: true,
  provisional: true,
  lossPercent: true,
  loss: true,
  input: true,
  limitPercent: true,
  verdict: true,
  completenessPercent: true,
});
export type LossCell = z.infer<typeof LossCell>;

/** `GET /api/loss/days?from=&to=`: newest version of each closed day, and the running day. */
export const LossDays = z.object({ areas: z.array(LossArea), cells: z.array(LossCell) });
export type LossDays = z.infer<typeof LossDays>;
export const LossDaysQuery = z.object({ from: GasDay, to: GasDay });

/** `GET /api/loss/areas` */
export const LossAreas = z.object({ areas: z.array(LossArea) });
export type LossAreas = z.infer<typeof LossAreas>;

/** `GET /api/loss/areas/:areaId/days/:gasDay?version=`: the newest version unless one is named. */
export const LossDayQuery = z.strictObject({ version: z.coerce.number().int().min(0).optional() });

/** One of the calculations of a gas day. */
export const LossVersion = LossResult.pick({
  version: true,
  provisional: true,
  computedAt: true,
  lossPercent: true,
  loss: true,
  verdict: true,
  completenessPercent: true,
  algorithm: true,
});
export type LossVersion = z.infer<typeof LossVersion>;

/** `GET /api/loss/areas/:areaId/days/:gasDay/versions`, newest first. */
export const LossVersions = z.object({ versions: z.array(LossVersion) });
export type LossVersions = z.infer<typeof LossVersions>;

/** Progress of the demo's history, `GET /api/health` and socket. */
export const HistoryProgress = z.object({
  phase: z.enum(['none', 'running', 'done', 'failed']),
  percent: z.number(),
  detail: text(),
});
export type HistoryProgress = z.infer<typeof HistoryProgress>;
