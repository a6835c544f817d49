import { TAGS, keyOf, type LimitChange } from '../world/network';
import type { Step } from '../world/truth';

/*
 * What must hold of each limit alarm, written from the domain's rules alone: HH and H are broken at or above their
 * limit, LL and L at or below it; back inside by at least the deadband. Nothing here knows the alarm library.
 */

export type LimitName = 'LL' | 'L' | 'H' | 'HH';

/** One limit alarm as configured at an instant. */
export interface Limit {
  readonly alarmId: string;
  readonly key: string;
  readonly name: LimitName;
  /** Null: not configured now. */
  readonly limit: number | null;
  /** True time since when it has been configured so; 0 from the beginning. */
  readonly since: number;
  /** Whether everybody who could hear was told of it. */
  readonly isTold: boolean;
  readonly deadband: number;
  readonly onDelayS: number;
  readonly offDelayS: number;
}

export function limitsAt(changes: readonly (LimitChange & { readonly at: number })[]): Limit[] {
  return TAGS.flatMap((tag) => {
    const key = keyOf(tag);
    const { deadband = 0, onDelayS = 0, offDelayS = 0 } = tag.limits ?? {};
    const change = changes.filter((c) => c.key === key).at(-1);
    return (['LL', 'L', 'H', 'HH'] as const).flatMap((name) => {
      const first = tag.limits?.[name];
      if (first === undefined) return [];
      const isChanged = name === 'H' && change !== undefined;
      const limit = isChanged ? (change.H ?? null) : first;
      const since = isChanged ? change.at : 0;
      const isTold = isChanged && change.isTold;
      return {
        alarmId: `tag:${key}:${name}`,
        key,
        name,
        limit,
        since,
        isTold,
        deadband,
        onDelayS,
        offDelayS,
      };
    });
  });
}

const isBeyond = ({ name, limit }: Limit, value: number): boolean =>
  limit !== null && (name === 'H' || name === 'HH' ? value >= limit : value <= limit);

const isInside = (limit: Limit, value: number): boolean =>
  limit.limit === null || (!isBeyond(limit, value) && Math.abs(limit.limit - value) >= limit.deadband);

/** What the plant says of an alarm's condition, and since when without a break; null where it may be either. */
export function conditionOf(
  limit: Limit,
  steps: readonly Step[],
): { readonly holds: boolean; readonly since: number; readonly delayS: number } | null {
  const newest = steps.at(-1) as Step;
  const holds = isBeyond(limit, newest.value);
  if (!holds && !isInside(limit, newest.value)) return null;
  let { at: since } = newest;
  for (const { at, value } of [...steps].reverse()) {
    if (holds ? !isBeyond(limit, value) : !isInside(limit, value)) break;
    since = at;
  }
  const delayS = limit.limit === null ? 0 : holds ? limit.onDelayS : limit.offDelayS;
  return { holds, since: Math.max(since, limit.since), delayS };
}
