import type { LossResult } from '@linepack/contracts';

type Comparable = Omit<LossResult, 'version' | 'provisional' | 'computedAt'>;

/** A cubic centimetre: below it lies only the order of additions. */
const exactly = (volume: number | null | undefined): number | null =>
  volume == null ? null : Math.round(volume * 1e6) / 1e6;

/** Everything of a result but when it was computed and which version it is, in a form that can be compared. */
export const figuresOf = (r: Comparable): string =>
  JSON.stringify([
    [r.areaId, r.gasDay, r.from, r.to, r.verdict, r.reasons, r.limitPercent, r.algorithm],
    [r.input, r.output, r.ownUse, r.vent, r.linePackStart, r.linePackEnd, r.loss].map(exactly),
    Object.entries(r.configVersions).sort(([a], [b]) => (a < b ? -1 : 1)),
    r.lines.map((l) => [
      [l.meterId, ...l.remarks],
      [l.volume, l.start?.reading, l.end?.reading, l.measuredPercent].map(exactly),
    ]),
    r.linePack.map((l) => [l.pipeId, exactly(l.start), exactly(l.end)]),
  ]);
