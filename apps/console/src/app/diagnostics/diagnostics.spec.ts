import type { LossLedger, SourceState } from '@linepack/contracts';
import { ledgerRows, reasonsText } from './ledger-rows';

const ledger = (more: Partial<LossLedger> = {}): LossLedger => ({
  received: 100,
  stored: 60,
  unchanged: 40,
  duplicate: 0,
  history: 0,
  refused: {},
  discarded: 0,
  waiting: 0,
  uncounted: 0,
  ...more,
});
const source = (sourceId: string, own?: LossLedger): SourceState => ({
  sourceId,
  state: 'connected',
  since: 0,
  lastNotificationAt: null,
  monitored: 1,
  rejected: 0,
  error: null,
  ...(own ? { ledger: own } : {}),
});

describe('the loss ledger on the screen', () => {
  it('has a row for each source and their sum', () => {
    const rows = ledgerRows({
      sources: [source('a', ledger()), source('b', ledger({ received: 5, stored: 5, unchanged: 0 }))],
    });
    expect(rows.map((r) => [r.sourceId, r.figures.received, r.figures.stored])).toEqual([
      ['a', 100, 60],
      ['b', 5, 5],
      [null, 105, 65],
    ]);
  });
  it('adds up what several collectors count of one source, by reason', () => {
    const refused = { SpoolFull: 2, farAhead: 7 };
    const rows = ledgerRows({
      sources: [source('a', ledger({ refused })), source('a', ledger({ refused: { SpoolFull: 1 } }))],
    });
    expect(rows[0]?.figures.refused).toBe(10);
    expect(rows[0]?.reasons).toEqual([
      ['farAhead', 7],
      ['SpoolFull', 3],
    ]);
  });
  it('marks what should be 0 and is not', () => {
    const rows = ledgerRows({ sources: [source('a', ledger({ uncounted: -1, discarded: 3 }))] });
    expect(rows[0]?.wrong).toEqual(['discarded', 'uncounted']);
    expect(ledgerRows({ sources: [source('a', ledger())] })[0]?.wrong).toEqual([]);
  });
  it('is empty where no source keeps one', () => {
    expect(ledgerRows({ sources: [source('a')] })).toEqual([]);
  });
});

it('names a reason in the language of its reader, and by the word of its collector where there is none', () => {
  const words = { has: (key: string) => key === 'ledger.why.SpoolFull', t: () => '缓存已满' };
  expect(
    reasonsText(words, [
      ['SpoolFull', 2],
      ['farAhead', 1],
    ]),
  ).toBe('缓存已满 2 · farAhead 1');
});
