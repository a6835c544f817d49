import { CLOCK_SKEW_LIMIT_S, isSkewed } from '@linepack/alarm';
import type { SourceState } from '@linepack/contracts';
import type { Facts } from '../health/status';
import type { AlarmEngine } from './alarm-engine';
import type { Definitions } from './definitions';

/** What of the collector's own state there are alarms for. */
export type Watched = Pick<Facts, 'sources' | 'spoolIsFull' | 'spool' | 'refused'>;

/**
 * Tells the alarms how the watching itself stands: clocks of the sources, tags without a first value, the spool, entries
 * set aside. An entry set aside stays said until the collector starts again: somebody has to look for it.
 */
export class Watching {
  private readonly skewLimits = new Map<string, number>();
  private readonly skewed = new Set<string>();

  constructor(private readonly engine: Pick<AlarmEngine, 'diagnostic'>) {}

  configure({ all }: Definitions): void {
    this.skewLimits.clear();
    for (const { condition, sourceId, limit } of all)
      if (condition === 'clockSkew' && sourceId !== null && limit !== null)
        this.skewLimits.set(sourceId, limit);
  }

  say({ sources, spoolIsFull, spool, refused }: Watched): void {
    for (const source of sources) this.saySource(source);
    this.engine.diagnostic('network:spoolFull', spoolIsFull, spool.bytes, null, null);
    this.engine.diagnostic('network:entrySetAside', refused > 0, refused, null, null);
  }

  private saySource({ sourceId, skewS, withoutFirstValue = 0 }: SourceState): void {
    const waiting = withoutFirstValue;
    this.engine.diagnostic(`source:${sourceId}:noFirstValue`, waiting > 0, waiting, null, null);
    if (skewS === undefined || skewS === null) return;
    const limitS = this.skewLimits.get(sourceId) ?? CLOCK_SKEW_LIMIT_S;
    const active = isSkewed(skewS, limitS, this.skewed.has(sourceId) ? 'beyond' : 'within');
    if (active) this.skewed.add(sourceId);
    else this.skewed.delete(sourceId);
    this.engine.diagnostic(`source:${sourceId}:clockSkew`, active, skewS, limitS, null);
  }
}
