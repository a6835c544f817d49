import { CLOCK_SKEW_LIMIT_S, skewSays, type Says } from '@linepack/alarm';
import type { CollectorTroubles, SourceState } from '@linepack/contracts';
import type { AlarmEngine } from './alarm-engine';
import type { Definitions } from './definitions';

/** What of the collector's own state there are alarms for. */
export interface Watched {
  readonly sources: readonly SourceState[];
  readonly troubles: CollectorTroubles;
}

/** What the other collectors say of theirs. */
export interface Others {
  readonly sources: readonly SourceState[];
  readonly collectors: readonly CollectorTroubles[];
  /** Whether they were listened to: as long as they were not, nothing is known to have ended. */
  readonly areKnown: boolean;
}

/**
 * Tells the alarms how the watching itself stands: clocks of the sources, tags without a first value, full spools, entries
 * set aside. Each collector puts together what all of them say, so that the owner of the alarms knows it, and whoever
 * takes them over. An entry set aside stays said until its collector starts again: somebody has to look for it.
 */
export class Watching {
  private readonly skewLimits = new Map<string, number>();

  constructor(private readonly engine: Pick<AlarmEngine, 'diagnostic'>) {}

  configure({ all }: Definitions): void {
    this.skewLimits.clear();
    for (const { condition, sourceId, limit } of all)
      if (condition === 'clockSkew' && sourceId !== null)
        this.skewLimits.set(sourceId, limit ?? CLOCK_SKEW_LIMIT_S);
  }

  say(own: Watched, others: Others): void {
    for (const [sourceId, limitS] of this.skewLimits) {
      const words = [...own.sources, ...others.sources].filter((word) => word.sourceId === sourceId);
      this.sayClock(sourceId, limitS, words);
      this.sayFirstValues(sourceId, words);
    }
    const collectors = [own.troubles, ...others.collectors];
    const says = (isWrong: (one: CollectorTroubles) => boolean): Says =>
      collectors.some(isWrong) ? 'holds' : others.areKnown ? 'ended' : 'unknown';
    const sum = (of: (one: CollectorTroubles) => number): number =>
      collectors.reduce((total, one) => total + of(one), 0);
    this.engine.diagnostic(
      'network:spoolFull',
      says((one) => one.spoolIsFull),
      sum((one) => one.spoolBytes),
      null,
    );
    this.engine.diagnostic(
      'network:entrySetAside',
      says((one) => one.setAside > 0),
      sum((one) => one.setAside),
      null,
    );
  }

  private sayClock(sourceId: string, limitS: number, words: readonly SourceState[]): void {
    const skews = words.flatMap(({ skewS }) => skewS ?? []);
    const worst = skews.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const says = skews.length === 0 ? 'unknown' : skewSays(worst, limitS);
    this.engine.diagnostic(`source:${sourceId}:clockSkew`, says, worst, limitS);
  }

  /** Only who is connected, and has given the source its time, knows whether it gives values. */
  private sayFirstValues(sourceId: string, words: readonly SourceState[]): void {
    const connected = words.filter(({ state }) => state === 'connected');
    const known = connected.flatMap(({ withoutFirstValue }) => withoutFirstValue ?? []);
    const waiting = known.reduce((total, one) => total + one, 0);
    const areAllKnown = known.length > 0 && known.length === connected.length;
    const says = waiting > 0 ? 'holds' : areAllKnown ? 'ended' : 'unknown';
    this.engine.diagnostic(`source:${sourceId}:noFirstValue`, says, waiting, null);
  }
}
