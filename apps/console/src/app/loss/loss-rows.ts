import type { LossResult } from '@linepack/contracts';
import type { WordKey } from '@linepack/console-ui';

export interface LossRow {
  readonly word: WordKey;
  /** Symbol in ΔV = (V1 + Q1) − (Q2 + Q3 + Q4 + V2). */
  readonly symbol: string;
  readonly value: number | null;
  readonly unit: 'm³' | '%';
  readonly decimals: number;
  readonly weight: 'plain' | 'result';
}

const difference = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);

/** The balance from top to bottom, in the order of the formula. */
export function lossRows(r: LossResult): LossRow[] {
  const volume = (word: WordKey, symbol: string, value: number | null): LossRow => ({
    word,
    symbol,
    value,
    unit: 'm³',
    decimals: 0,
    weight: 'plain',
  });
  const percent = (word: WordKey, symbol: string, value: number | null): LossRow => ({
    ...volume(word, symbol, value),
    unit: '%',
    decimals: 2,
  });
  return [
    volume('loss.linePackStart', 'V1', r.linePackStart),
    volume('loss.input', 'Q1', r.input),
    volume('loss.output', 'Q2', r.output),
    volume('loss.ownUse', 'Q3', r.ownUse),
    volume('loss.vent', 'Q4', r.vent),
    volume('loss.linePackEnd', 'V2', r.linePackEnd),
    volume('loss.linePackChange', 'V2 − V1', difference(r.linePackStart, r.linePackEnd)),
    { ...volume('loss.loss', 'ΔV', r.loss), weight: 'result' },
    { ...percent('loss.rate', 'η', r.lossPercent), weight: 'result' },
    percent('loss.limit', '±', r.limitPercent),
    percent('loss.u95', 'U95', r.u95Percent),
    { ...percent('loss.completeness', '', r.completenessPercent), decimals: 1 },
  ];
}
