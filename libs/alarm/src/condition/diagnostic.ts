import type { LocalName } from '@linepack/network';
import type { AlarmDefinition } from '../alarm';
import type { Says } from '../observation';
import { levelAlarm, sourceIdentity, type AlarmedSource } from './level';

/** How far a source's clock may be from ours where its configuration says nothing, s. */
export const CLOCK_SKEW_LIMIT_S = 30;

/** The clock of a source is far from ours: its stamps, and the ends of hours and days, are not where they seem. */
export const clockSkewAlarm = (source: AlarmedSource, limitS: number = CLOCK_SKEW_LIMIT_S): AlarmDefinition =>
  levelAlarm(
    sourceIdentity(source, 'clockSkew'),
    { class: 'diagnostic', condition: 'clockSkew' },
    { unit: 's', limit: limitS },
  );

/** A source monitors tags and never gave a first value of them, which OPC 10000-4 demands. The value counts them. */
export const firstValueAlarm = (source: AlarmedSource): AlarmDefinition =>
  levelAlarm(sourceIdentity(source, 'noFirstValue'), { class: 'diagnostic', condition: 'noFirstValue' });

const OF_COLLECTOR: Readonly<Record<'spoolFull' | 'entrySetAside', LocalName>> = {
  spoolFull: { zh: '采集缓存', en: 'Collector spool' },
  entrySetAside: { zh: '采集写入', en: 'Collector writing' },
};

/**
 * What goes wrong in the collector itself: its spool is full and samples are lost, or the database refused an entry
 * that was set aside.
 */
export const collectorAlarms = (): AlarmDefinition[] =>
  (['spoolFull', 'entrySetAside'] as const).map((condition) =>
    levelAlarm(
      {
        alarmId: `network:${condition}`,
        partition: 'network',
        stationId: null,
        areaId: null,
        sourceId: null,
        name: OF_COLLECTOR[condition],
      },
      { class: 'diagnostic', condition },
    ),
  );

/** A skew of this part of its limit is not beyond it any more: a clock that drifts past it does so once. */
const SKEW_RETURNS_AT = 0.9;

/** What a skew says of its limit, both in s, the skew in either direction. */
export function skewSays(skewS: number, limitS: number): Says {
  const off = Math.abs(skewS);
  if (off >= limitS) return 'holds';
  return off >= SKEW_RETURNS_AT * limitS ? 'neither' : 'ended';
}
