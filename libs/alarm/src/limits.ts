import type { AlarmLimits, LocalName } from '@linepack/network';
import { MICROS_PER_SECOND } from '@linepack/network';
import type { AlarmDefinition, Condition, Position, Priority } from './alarm';

/** Where a value stands to a limit: at or beyond it, back inside by more than the deadband, or between the two. */
export type Standing = 'beyond' | 'between' | 'inside';

/**
 * HH and H are broken at or above their limit, L and LL at or below it. A value is inside again when it is on the good
 * side of the limit by at least the deadband; with a deadband of 0 anything on the good side is.
 */
export function standingOf(
  condition: 'HH' | 'H' | 'L' | 'LL',
  limit: number,
  deadband: number,
  value: number,
): Standing {
  const inside = condition === 'HH' || condition === 'H' ? limit - value : value - limit;
  if (inside <= 0) return 'beyond';
  return inside >= deadband ? 'inside' : 'between';
}

export type LimitCondition = 'HH' | 'H' | 'L' | 'LL';
export const LIMIT_CONDITIONS: readonly LimitCondition[] = ['LL', 'L', 'H', 'HH'];

export const isLimitCondition = (condition: Condition): condition is LimitCondition =>
  (LIMIT_CONDITIONS as readonly string[]).includes(condition);

/** HH and LL ask for a hand at once, H and L for a look; figures of ISA-18.2 count by them. */
export const PRIORITY: Record<Condition, Priority> = {
  HH: 1,
  H: 2,
  L: 2,
  LL: 1,
  communication: 2,
  badQuality: 2,
  loss: 2,
  clockSkew: 3,
  noFirstValue: 2,
  spoolFull: 1,
  entrySetAside: 2,
};

/** Which position moves the ISA state, by class: the station for its process, dispatch for the rest. A default. */
export const ACKNOWLEDGED_BY: Record<AlarmDefinition['class'], Position> = {
  process: 'station',
  communication: 'dispatch',
  loss: 'dispatch',
  diagnostic: 'dispatch',
};

export interface LimitedTag {
  readonly tagId: number;
  /** `<station>.<tag>` */
  readonly key: string;
  readonly stationId: string;
  readonly name: LocalName;
  readonly unit: string;
  readonly limits: AlarmLimits;
}

/**
 * The alarms of a tag: one for each limit set. A value beyond HH is beyond H too, and both alarms stand: H came first
 * and says when it began, HH is a second occurrence of its own with its own acknowledgement. Neither hides the other.
 */
export function limitAlarms(tag: LimitedTag): AlarmDefinition[] {
  return LIMIT_CONDITIONS.flatMap((condition) => {
    const limit = tag.limits[condition];
    if (limit === undefined) return [];
    return {
      alarmId: `tag:${tag.key}:${condition}`,
      partition: tag.stationId,
      stationId: tag.stationId,
      tagId: tag.tagId,
      areaId: null,
      sourceId: null,
      condition,
      class: 'process' as const,
      priority: PRIORITY[condition],
      name: tag.name,
      unit: tag.unit,
      limit,
      deadband: tag.limits.deadband,
      onDelay: tag.limits.onDelayS * MICROS_PER_SECOND,
      offDelay: tag.limits.offDelayS * MICROS_PER_SECOND,
      latching: 'returnsByItself' as const,
      acknowledgedBy: ACKNOWLEDGED_BY.process,
    };
  });
}

const foundElsewhere = {
  tagId: null,
  unit: '',
  limit: null,
  deadband: 0,
  onDelay: 0,
  offDelay: 0,
  latching: 'returnsByItself',
} as const;

/** Whom nothing is heard from: a whole source, or one station of a source that itself is there. */
export type Silence =
  | {
      readonly of: 'source';
      readonly id: string;
      readonly stationId: string | null;
      readonly name: LocalName;
    }
  | { readonly of: 'station'; readonly id: string; readonly name: LocalName };

/**
 * The one alarm that says a source or station cannot be heard: never one per tag. A source that feeds a single station
 * belongs to that station's partition, any other to `network`.
 */
export function communicationAlarm(silence: Silence): AlarmDefinition {
  const stationId = silence.of === 'station' ? silence.id : silence.stationId;
  return {
    ...foundElsewhere,
    alarmId: `${silence.of}:${silence.id}:communication`,
    partition: stationId ?? 'network',
    stationId,
    areaId: null,
    sourceId: silence.of === 'source' ? silence.id : null,
    condition: 'communication',
    class: 'communication',
    priority: PRIORITY.communication,
    name: silence.name,
    acknowledgedBy: ACKNOWLEDGED_BY.communication,
  };
}

/** The alarm of a condition that scheduled work found, for instance a closed gas day's loss. */
export function reportedAlarm(
  partition: string,
  found: Pick<
    AlarmDefinition,
    'alarmId' | 'areaId' | 'stationId' | 'class' | 'condition' | 'priority' | 'name' | 'unit'
  >,
): AlarmDefinition {
  return {
    ...foundElsewhere,
    sourceId: null,
    partition,
    ...found,
    acknowledgedBy: ACKNOWLEDGED_BY[found.class],
  };
}
