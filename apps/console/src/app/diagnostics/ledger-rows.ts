import type { Diagnostics, LossLedger } from '@linepack/contracts';
import { formatNumber } from '@linepack/console-ui';

export const LEDGER_COLUMNS = [
  'received',
  'stored',
  'unchanged',
  'duplicate',
  'history',
  'refused',
  'discarded',
  'waiting',
  'uncounted',
] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

export interface LedgerRow {
  /** Null: of all sources. */
  readonly sourceId: string | null;
  readonly ledger: LossLedger;
  readonly figures: Readonly<Record<LedgerColumn, number>>;
  readonly reasons: readonly (readonly [reason: string, count: number])[];
  /** Columns that should be 0 and are not. */
  readonly wrong: readonly LedgerColumn[];
}

/** Reasons in the user's language; the collector's own word where we know none. */
export const reasonsText = (
  words: { has(key: string): boolean; t(key: string): string },
  reasons: readonly (readonly [reason: string, count: number])[],
): string =>
  reasons
    .map(([reason, count]) => {
      const key = `ledger.why.${reason}`;
      return `${words.has(key) ? words.t(key) : reason} ${formatNumber(count, 0)}`;
    })
    .join(' · ');

function rowOf(sourceId: string | null, ledger: LossLedger): LedgerRow {
  const reasons = Object.entries(ledger.refused).sort(([, a], [, b]) => b - a);
  const figures = { ...ledger, refused: reasons.reduce((sum, [, count]) => sum + count, 0) };
  const wrong = (['refused', 'discarded', 'uncounted'] as const).filter((column) => figures[column] !== 0);
  return { sourceId, ledger, figures, reasons, wrong };
}

const plus = (a: LossLedger, b: LossLedger): LossLedger => ({
  received: a.received + b.received,
  stored: a.stored + b.stored,
  unchanged: a.unchanged + b.unchanged,
  duplicate: a.duplicate + b.duplicate,
  history: a.history + b.history,
  discarded: a.discarded + b.discarded,
  waiting: a.waiting + b.waiting,
  uncounted: a.uncounted + b.uncounted,
  refused: Object.fromEntries(
    [...new Set([...Object.keys(a.refused), ...Object.keys(b.refused)])].map((reason) => [
      reason,
      (a.refused[reason] ?? 0) + (b.refused[reason] ?? 0),
    ]),
  ),
});

/**
 * A row for each source that keeps a ledger, and their sum. A source that several collectors share is one row: each
 * counts the words of its own stations.
 */
export function ledgerRows({ sources }: Pick<Diagnostics, 'sources'>): LedgerRow[] {
  const byId = new Map<string, LossLedger>();
  for (const { sourceId, ledger } of sources) {
    if (!ledger) continue;
    const before = byId.get(sourceId);
    byId.set(sourceId, before ? plus(before, ledger) : ledger);
  }
  const rows = [...byId].map(([sourceId, ledger]) => rowOf(sourceId, ledger));
  return rows.length === 0 ? [] : [...rows, rowOf(null, [...byId.values()].reduce(plus))];
}
