import type { LossLedger, SourceState } from '@linepack/contracts';
import type { SourceId } from '@linepack/network';
import type { StampFault } from '@linepack/telemetry';
import { metric } from './metric';

export type StampFaults = ReadonlyMap<SourceId, ReadonlyMap<StampFault, number>>;

/** What became of every word, by source and cause, and what the sources' clocks say. */
export function wordMetrics(facts: {
  readonly sources: readonly SourceState[];
  readonly ledger: LossLedger;
  readonly stampFaults: StampFaults;
}): string[] {
  const perSource = (of: (s: SourceState) => number | null | undefined): [string, number][] =>
    facts.sources.flatMap((s) => {
      const value = of(s);
      return value == null ? [] : [[`{source="${s.sourceId}"}`, value]];
    });
  const fates = facts.sources.flatMap(({ sourceId, ledger }): [string, number][] => {
    if (!ledger) return [];
    const { received: _received, waiting: _waiting, uncounted: _uncounted, refused, ...plain } = ledger;
    const line = (fate: string, cause: string): string =>
      `{source="${sourceId}",fate="${fate}",cause="${cause}"}`;
    return [
      ...Object.entries(plain).map(([fate, count]): [string, number] => [line(fate, ''), count]),
      ...Object.entries(refused).map(([cause, count]): [string, number] => [line('refused', cause), count]),
    ];
  });
  const faults = [...facts.stampFaults].flatMap(([sourceId, causes]) =>
    [...causes].map(([cause, count]): [string, number] => [`{source="${sourceId}",cause="${cause}"}`, count]),
  );
  return [
    metric(
      'words_received_total',
      'counter',
      'Words that sources said',
      perSource((s) => s.ledger?.received),
    ),
    metric('words_total', 'counter', 'Words by what became of them', fates),
    metric(
      'words_waiting',
      'gauge',
      'Words on their way to the database, or in doubt',
      perSource((s) => s.ledger?.waiting),
    ),
    metric('words_uncounted', 'gauge', 'Words that no column accounts for: 0, or a fault of ours', [
      ['', facts.ledger.uncounted],
    ]),
    metric('stamps_not_believed_total', 'counter', 'Words stored at their receipt, by cause', faults),
    metric(
      'source_skew_seconds',
      'gauge',
      'How far the worst clock of the source is behind ours',
      perSource((s) => s.skewS),
    ),
    metric(
      'source_clock_steps_total',
      'counter',
      'How often a clock of the source was seen to be set',
      perSource((s) => s.clockSteps),
    ),
  ];
}
