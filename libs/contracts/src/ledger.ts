import { text } from '@linepack/network';
import { z } from 'zod';
import { ReplyTopic } from './bus';
import { micros } from './plant';

const words = z.number().int().min(0);

/**
 * What became of every word of one tag, words since the start of the collectors that count it:
 * received = stored + unchanged + duplicate + history + Σ refused + Σ discarded + open.
 */
export const TagLedger = z.object({
  tagId: z.int32(),
  received: words,
  stored: words,
  unchanged: words.describe('Thinned out: inside the deadband or the same again'),
  duplicate: words,
  history: words.describe('Stored at its own time, neither shown nor alarmed'),
  refused: z.record(text(), words).describe('By reason'),
  discarded: z.record(text(), words).describe('By reason'),
  open: z.number().int().describe('Not decided yet, or on its way to the database'),
});
export type TagLedger = z.infer<typeof TagLedger>;

/** Columns by which the worst tags are looked for. */
export const LEDGER_ORDERS = ['refused', 'discarded', 'duplicate'] as const;
export const LedgerOrder = z.enum(LEDGER_ORDERS);
export type LedgerOrder = z.infer<typeof LedgerOrder>;

const MOST_LINES = 100;

/** To every collector. */
export const LedgerQuestion = z.object({
  questionId: text(),
  replyTo: ReplyTopic,
  tagIds: z.array(z.int32()).max(100_000).nullable().describe('Of these tags alone; null: of all'),
  worstBy: LedgerOrder.nullable().describe('Only those with such words, most of them first; null: as asked'),
  limit: z.number().int().min(1).max(10_000),
});
export type LedgerQuestion = z.infer<typeof LedgerQuestion>;

/** Of one collector. */
export const LedgerReply = z.object({ questionId: text(), instance: text(), lines: z.array(TagLedger) });
export type LedgerReply = z.infer<typeof LedgerReply>;

/** `GET /api/diagnostics/tags?worstBy=&limit=` or `?tag=ID`: the worst tags, or one. */
export const TagLedgersQuery = z.strictObject({
  tag: z.coerce.number().pipe(z.int32()).optional(),
  worstBy: LedgerOrder.default('refused'),
  limit: z.coerce.number().int().min(1).max(MOST_LINES).default(20),
});
export const TagLedgers = z.object({
  at: micros,
  lines: z.array(TagLedger),
  unanswered: z
    .number()
    .int()
    .describe('Living collectors that did not answer in time: what they counted is missing'),
});
export type TagLedgers = z.infer<typeof TagLedgers>;
