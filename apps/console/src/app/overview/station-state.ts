import type { Alarm } from '@linepack/contracts';
import type { QualityState } from '@linepack/console-ui';

/**
 * What is wrong with the watching of a station as a whole: no collector owns it, so nobody judges its alarms; its connection is lost, wholly or of one source among
 * several; its instruments are all bad; or nothing new comes though nobody said why. Null: it is watched.
 */
export type StationTrouble = 'unwatched' | 'away' | 'partlyAway' | 'allBad' | 'silent';

export interface SeenStation {
  readonly stationId: string;
  /** Sources its tags are read from. */
  readonly sourceIds: ReadonlySet<string>;
  /** Every alarm there is; one that is shelved or out of service still says what is so. */
  readonly alarms: readonly Pick<Alarm, 'stationId' | 'sourceId' | 'condition' | 'active'>[];
  /** Of those of its values that are known here. */
  readonly qualities: readonly QualityState[];
  /** Partitions that no collector owns. */
  readonly unowned: readonly string[];
}

const UNUSABLE: readonly QualityState[] = ['bad', 'none', 'stale'];

export function troubleOf({
  stationId,
  sourceIds,
  alarms,
  qualities,
  unowned,
}: SeenStation): StationTrouble | null {
  if (unowned.includes(stationId)) return 'unwatched';
  const standing = alarms.filter((a) => a.active);
  const lost = standing.filter((a) => a.condition === 'communication');
  const lostSources = new Set(lost.flatMap((a) => (a.sourceId === null ? [] : [a.sourceId])));
  const own = [...sourceIds].filter((id) => lostSources.has(id));
  const isSaidOfItself = lost.some((a) => a.sourceId === null && a.stationId === stationId);
  if (isSaidOfItself || (own.length > 0 && own.length === sourceIds.size)) return 'away';
  if (standing.some((a) => a.condition === 'badQuality' && a.stationId === stationId)) return 'allBad';
  if (qualities.length > 0 && qualities.every((q) => UNUSABLE.includes(q)))
    return qualities.some((q) => q === 'bad') ? 'allBad' : 'silent';
  return own.length > 0 ? 'partlyAway' : null;
}
