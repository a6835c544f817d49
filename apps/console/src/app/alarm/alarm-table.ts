import type {
  Alarm,
  AlarmEvent,
  AlarmTable,
  CommandAnswer,
  ListedAlarm,
  PartStatus,
  Position,
} from '@linepack/contracts';

/** An alarm on the console, with the event it last took (to mark the right one as journalled). */
export interface HeldAlarm extends ListedAlarm {
  readonly lastEventId: string | null;
  /** When this browser heard of its last event, server's clock; 0 when it came with the table. */
  readonly heardAt: number;
}

export type Held = ReadonlyMap<string, HeldAlarm>;

/** E shelved, F suppressed, G out of service: set aside, not asking for a response. */
export const isSetAside = (alarm: Alarm): boolean =>
  alarm.letter === 'E' || alarm.letter === 'F' || alarm.letter === 'G';

/** Nobody who moves its ISA state has acknowledged it yet. */
export const isUnacknowledged = (alarm: Alarm): boolean => alarm.letter === 'B' || alarm.letter === 'D';

/**
 * Whether this position still owes its note. Each position answers for itself: an alarm the station has acknowledged
 * stays the dispatcher's to note. Without a position nobody owes anything; then the ISA state speaks.
 */
export function isOwed(alarm: Alarm, position: Position | null): boolean {
  if (isSetAside(alarm)) return false;
  if (position === null) return isUnacknowledged(alarm);
  return alarm.occurrence > 0 && alarm.noted[position] === null;
}

/** Whether it is listed at all: not normal, or normal again while this position has not noted it. */
const isListed = (alarm: Alarm, position: Position | null): boolean =>
  alarm.letter !== 'A' || (position !== null && isOwed(alarm, position));

export function heldFrom(table: AlarmTable): Held {
  return new Map(table.alarms.map((a) => [a.alarmId, { ...a, lastEventId: null, heardAt: 0 }]));
}

/** The table after one transition, heard at `now`. */
export function afterEvent(held: Held, event: AlarmEvent, position: Position | null, now: number): Held {
  const next = new Map(held);
  if (isListed(event.state, position))
    next.set(event.alarmId, {
      ...event.state,
      journalled: event.seq !== null,
      lastEventId: event.eventId,
      heardAt: now,
    });
  else next.delete(event.alarmId);
  return next;
}

/** The table after the journal took some events: an alarm is journalled when its own last event is. */
export function afterJournalled(held: Held, entries: readonly { eventId: string; alarmId: string }[]): Held {
  const next = new Map(held);
  for (const { eventId, alarmId } of entries) {
    const alarm = next.get(alarmId);
    if (alarm && (alarm.lastEventId === null || alarm.lastEventId === eventId))
      next.set(alarmId, { ...alarm, journalled: true });
  }
  return next;
}

/**
 * The table after the answer to an acknowledgement made from this position, which may come before its own event or long
 * after it. Every state that the owner said later carries the note: a held state that has it is as new or newer.
 */
export function afterAnswer(held: Held, { durable, alarm }: CommandAnswer, position: Position | null): Held {
  const present = held.get(alarm.alarmId);
  if (!present || position === null || present.occurrence > alarm.occurrence) return held;
  const isKnown = present.occurrence === alarm.occurrence && present.noted[position] !== null;
  if (isKnown) return held;
  const next = new Map(held);
  const journalled = durable === 'journal' && present.journalled;
  if (isListed(alarm, position)) next.set(alarm.alarmId, { ...present, ...alarm, journalled });
  else next.delete(alarm.alarmId);
  return next;
}

type Step = (held: Held) => Held;

/**
 * Readings of the whole table. What is heard while one is on its way is applied again to its answer, which may be
 * older: an alarm raised meanwhile would otherwise vanish with it.
 */
export class TableReadings {
  private readonly open = new Set<Step[]>();

  heard(step: Step): void {
    for (const steps of this.open) steps.push(step);
  }

  async read(reader: () => Promise<AlarmTable>): Promise<{ table: AlarmTable; held: Held }> {
    const steps: Step[] = [];
    this.open.add(steps);
    try {
      const table = await reader();
      return { table, held: steps.reduce((held, step) => step(held), heldFrom(table)) };
    } finally {
      this.open.delete(steps);
    }
  }
}

/**
 * The part whose absence keeps new alarms from the screen, though the server itself answers: nobody evaluates, or
 * nothing gets through. Null when alarms are watched.
 */
export function unwatchedBy(
  parts: readonly Pick<PartStatus, 'part' | 'state'>[],
): 'bus' | 'collector' | null {
  const isThere = (part: PartStatus['part']) =>
    parts.some((p) => p.part === part && (p.state === 'up' || p.state === 'degraded'));
  return !isThere('bus') ? 'bus' : !isThere('collector') ? 'collector' : null;
}

/**
 * The worst first; then what is still owed; then the oldest. Lists, the banner and the keys all follow this one order,
 * so that what the banner offers stands at the top.
 */
export function byUrgency(position: Position | null) {
  return (a: ListedAlarm, b: ListedAlarm): number =>
    Number(isSetAside(a)) - Number(isSetAside(b)) ||
    a.priority - b.priority ||
    Number(isOwed(b, position)) - Number(isOwed(a, position)) ||
    (a.activeSince ?? Infinity) - (b.activeSince ?? Infinity) ||
    a.alarmId.localeCompare(b.alarmId);
}

/** More than ten new alarms in ten minutes are a flood (IEC 62682). */
export const FLOOD_WINDOW = 600_000_000;
export const FLOOD_ABOVE = 10;

/** Counts occurrences that began within the last ten minutes. `began`: occurrence key → time, microseconds. */
export function recentCount(began: ReadonlyMap<string, number>, now: number): number {
  let count = 0;
  for (const at of began.values()) if (at > now - FLOOD_WINDOW) count++;
  return count;
}

export const occurrenceKey = (alarm: { alarmId: string; occurrence: number }): string =>
  `${alarm.alarmId}#${alarm.occurrence}`;
