import type { ConditionMessage } from '@linepack/contracts';
import type { DayVerdict } from '@linepack/store';

/** Medium: a day's loss wants an analysis today, not a hand on a valve now. */
const PRIORITY = 2;

/** What the alarm engine was told of an area, and what was known when it was. */
export interface Told {
  readonly condition: ConditionMessage;
  /** The newest closed day that was looked at. */
  readonly through: string;
  /** The days, from the condition's own on, that were seen in breach. */
  readonly breaches: readonly string[];
}

/** An area by its id and name. */
export type NamedArea = Pick<ConditionMessage, 'name'> & { readonly id: string };

/**
 * The count of what is told next of an area. Our clock is its floor, so that a restored database, which has forgotten
 * what was told since, does not count below it; when our clock is set back it grows all the same.
 */
const orderAfter = (before: ConditionMessage | undefined, at: number): number =>
  Math.max(at, (before?.order ?? 0) + 1);

/** The condition of an area's closed day, for the alarm engine. */
function conditionOf(
  area: NamedArea,
  day: DayVerdict,
  at: number,
  before: ConditionMessage | undefined,
): ConditionMessage {
  return {
    alarmId: `area:${area.id}:loss`,
    areaId: area.id,
    stationId: null,
    class: 'loss',
    condition: 'loss',
    priority: PRIORITY,
    name: area.name,
    active: isBreach(day),
    at,
    value: day.lossPercent,
    limit: day.limitPercent,
    unit: '%',
    subject: day.gasDay,
    order: orderAfter(before, at),
  };
}

const isBreach = (day: DayVerdict): boolean => day.verdict === 'breach';

/**
 * The day that stands: the newest breach that was not seen yet, so that a day closed in a batch (after an outage, or a
 * recorded history) is told although later days were within; else the newest day, when it was not looked at yet; else
 * the one that stood, as it is now. A day that is not assessable says nothing, and ends no breach. A day before the one
 * that stands changes nothing.
 */
function dayThatStands(before: Told | undefined, days: readonly DayVerdict[]): DayVerdict | undefined {
  const unseen = days.findLast((day) => isBreach(day) && !before?.breaches.includes(day.gasDay));
  if (unseen) return unseen;
  const newest = days.findLast((day) => day.verdict !== 'notAssessable');
  if (!before || (newest && newest.gasDay > before.through)) return newest;
  return days.find((day) => day.gasDay === before.condition.subject);
}

/**
 * What stands of an area, from what was told and what is stored: whoever was stopped between a result and its telling
 * finds the same.
 * @param days the newest calculation of each closed day, ascending, from the one that was told on
 * @returns undefined while there is nothing to tell
 */
export function standing(
  area: NamedArea,
  before: Told | undefined,
  days: readonly DayVerdict[],
  at: number,
): Told | undefined {
  const relevant = days.filter((day) => !before || day.gasDay >= before.condition.subject);
  const day = dayThatStands(before, relevant);
  if (!day) return before;
  const next = conditionOf(area, day, at, before?.condition);
  const condition = before && isSame(before.condition, next) ? before.condition : next;
  const newest = relevant.at(-1)?.gasDay ?? day.gasDay;
  return {
    condition,
    through: before && before.through > newest ? before.through : newest,
    breaches: relevant.filter((d) => isBreach(d) && d.gasDay >= condition.subject).map((d) => d.gasDay),
  };
}

/**
 * The area is not configured any more: what stood is taken back. Should the area come back with its breach, that is
 * told again.
 */
export function takenBack(before: Told, at: number): Told {
  if (!before.condition.active) return before;
  const order = orderAfter(before.condition, at);
  return { condition: { ...before.condition, active: false, at, order }, through: '', breaches: [] };
}

function isSame(a: ConditionMessage, b: ConditionMessage): boolean {
  const said = ({ at: _at, order: _order, ...rest }: ConditionMessage): string =>
    JSON.stringify(Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1)));
  return said(a) === said(b);
}
