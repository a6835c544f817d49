import { MICROS_PER_SECOND, type AlarmLimits, type LocalName, type Micros } from '@linepack/network';
import { ACKNOWLEDGED_BY, PRIORITY, type AlarmDefinition, type Condition } from '../alarm';
import type { Observation, Says } from '../observation';

export type LimitCondition = 'HH' | 'H' | 'L' | 'LL';
export const LIMIT_CONDITIONS: readonly LimitCondition[] = ['LL', 'L', 'H', 'HH'];

export const isLimitCondition = (condition: Condition): condition is LimitCondition =>
  (LIMIT_CONDITIONS as readonly string[]).includes(condition);

/** Where a value stands to a limit: at or beyond it, back inside by at least the deadband, or between the two. */
export type Standing = 'beyond' | 'between' | 'inside';

/**
 * Numbers this near to equal, as a part of them, are the same: most devices send single precision, where 0.29 is off
 * by 3e-8 of it, and 0.29 − 0.28 is less than 0.01 even in double. No instrument is that good.
 */
const SAME_NUMBER = 2 ** -23;

/**
 * HH and H are broken at or above their limit, L and LL at or below it. A value is inside again when it is on the good
 * side of the limit by at least the deadband; with a deadband of 0 anything on the good side is.
 */
export function standingOf(
  condition: LimitCondition,
  limit: number,
  deadband: number,
  value: number,
): Standing {
  const inside = condition === 'HH' || condition === 'H' ? limit - value : value - limit;
  const edge = SAME_NUMBER * Math.max(Math.abs(limit), Math.abs(value));
  if (inside <= edge) return 'beyond';
  return inside >= deadband - edge ? 'inside' : 'between';
}

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

/** What holds of the alarm's tag. `quality` is an OPC UA StatusCode as int32: negative is Bad. */
export interface TagValue {
  readonly at: Micros;
  readonly receivedAt: Micros;
  readonly clockSession: number;
  readonly value: number | null;
  readonly quality: number;
}

/** A present value against the limit. A Bad value, or none, says nothing; an Uncertain one counts. */
export function limitObservation(definition: AlarmDefinition, present: TagValue): Observation {
  const { at, receivedAt, clockSession, value, quality } = present;
  const { limit } = definition;
  return {
    kind: 'observation',
    says: limitSays(definition, value, quality),
    at,
    receivedAt,
    clockSession,
    definedAt: null,
    value,
    limit,
    quality,
    subject: null,
  };
}

const SAYS: Readonly<Record<Standing, Says>> = { beyond: 'holds', between: 'neither', inside: 'ended' };

/** What a value says of a limit, whatever else is known of it. */
export function limitSays(definition: AlarmDefinition, value: number | null, quality: number): Says {
  const { condition, limit, deadband } = definition;
  if (value === null || quality < 0 || limit === null || !isLimitCondition(condition)) return 'unknown';
  return SAYS[standingOf(condition, limit, deadband, value)];
}
