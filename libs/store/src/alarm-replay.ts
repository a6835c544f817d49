import type { Alarm } from '@linepack/contracts';
import type { JournalLine } from './alarm.repository';

/** What of an alarm only events change; its name, its limit and its priority follow the configuration. */
const STATE = [
  'occurrence',
  'active',
  'acknowledged',
  'latched',
  'shelvedUntil',
  'suppressedBy',
  'outOfService',
  'activeSince',
  'returnedAt',
  'value',
  'limit',
  'noted',
  'letter',
] as const satisfies readonly (keyof Alarm)[];

/**
 * The table as the journal has it: for every alarm the state after its last event, by epoch within a partition and by
 * seq otherwise. Evidence of earlier owners does not count.
 */
export function replay(journal: Iterable<JournalLine>): Map<string, Alarm> {
  const last = new Map<string, JournalLine>();
  for (const line of journal) {
    if (line.event.superseded) continue;
    const before = last.get(line.event.alarmId);
    if (before === undefined || isLater(line, before)) last.set(line.event.alarmId, line);
  }
  return new Map([...last].map(([alarmId, { event }]) => [alarmId, event.state]));
}

const isLater = (one: JournalLine, other: JournalLine): boolean =>
  one.event.partition === other.event.partition && one.ownerEpoch !== other.ownerEpoch
    ? one.ownerEpoch > other.ownerEpoch
    : (one.event.seq ?? Infinity) > (other.event.seq ?? Infinity);

/** Where two tables differ, a line for each field; none when they agree. An alarm that never occurred needs no event. */
export function differences(
  [name, table]: readonly [string, Iterable<Alarm>],
  [otherName, other]: readonly [string, ReadonlyMap<string, Alarm>],
): string[] {
  const lines: string[] = [];
  const missing = new Set(other.keys());
  for (const alarm of table) {
    const { alarmId } = alarm;
    missing.delete(alarmId);
    const twin = other.get(alarmId);
    if (twin === undefined) {
      if (alarm.occurrence > 0) lines.push(`${alarmId}: in the ${name}, but not in the ${otherName}`);
      continue;
    }
    for (const field of STATE) {
      const [here, there] = [canonical(alarm[field]), canonical(twin[field])];
      if (here !== there)
        lines.push(`${alarmId}: ${field} is ${here} in the ${name}, ${there} in the ${otherName}`);
    }
  }
  for (const alarmId of missing) lines.push(`${alarmId}: in the ${otherName}, but not in the ${name}`);
  return lines;
}

/** As JSON, with the keys of objects in order: jsonb keeps its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
