import type { Alarm, AlarmEvent } from '@linepack/contracts';
import type { JournalEntry, JournalledEvent, StoredAlarm } from '@linepack/store';
import { DatabaseRefusal } from './refusal';

interface Line {
  readonly event: AlarmEvent & { readonly seq: number };
  readonly ownerEpoch: number;
}

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Tables `alarm` and `alarm_event`: the journal takes each event once, and what an older epoch left is evidence only. */
export class JournalTable {
  readonly lines: Line[] = [];
  private readonly seqs = new Map<string, number>();
  private readonly stored = new Map<string, StoredAlarm>();

  /** @param epochOf the youngest epoch of a partition's lease */
  constructor(private readonly epochOf: (partition: string) => number) {}

  append(entries: readonly JournalEntry[]): JournalledEvent[] {
    entries.forEach(refuseUnstorable);
    const states = new Map<string, StoredAlarm>();
    for (const { event, ...rest } of clone(entries)) {
      const id = event.eventId.toLowerCase();
      if (this.seqs.has(id)) continue;
      const seq = this.lines.length + 1;
      this.seqs.set(id, seq);
      const state = { ...rest, alarm: event.state };
      const there = states.get(event.alarmId) ?? this.stored.get(event.alarmId);
      const isEvidence = this.isPast(state) || (there !== undefined && isBehind(state, there));
      const superseded = isEvidence ? { superseded: true } : {};
      this.lines.push({ event: { ...event, seq, ...superseded }, ownerEpoch: rest.ownerEpoch });
      if (!isEvidence) states.set(event.alarmId, state);
    }
    this.takeStates([...states.values()]);
    return entries.map(({ event: { eventId, alarmId } }) => ({
      eventId,
      alarmId,
      seq: this.seqs.get(eventId.toLowerCase()) as number,
    }));
  }

  /** Only the delay, of an alarm that is known, and only while it is in the state to which the delay belongs. */
  saveStates(states: readonly StoredAlarm[]): void {
    this.takeStates(
      states.flatMap((state) => {
        if (this.isPast(state)) return [];
        const there = this.stored.get(state.alarm.alarmId)?.alarm;
        if (!there) return [state];
        const { partition, occurrence, active } = state.alarm;
        const isOfIt =
          partition === there.partition && occurrence === there.occurrence && active === there.active;
        return isOfIt ? [{ ...state, alarm: there }] : [];
      }),
    );
  }

  private takeStates(states: readonly StoredAlarm[]): void {
    for (const state of clone(states)) this.stored.set(state.alarm.alarmId, state);
  }

  private isPast({ alarm: { alarmId, partition }, ownerEpoch }: StoredAlarm): boolean {
    const stored = this.stored.get(alarmId);
    const ofAlarm = stored?.alarm.partition === partition ? stored.ownerEpoch : 0;
    return ownerEpoch < Math.max(this.epochOf(partition), ofAlarm);
  }

  states(partition: string): StoredAlarm[] {
    return clone(
      [...this.stored.values()]
        .filter((s) => s.alarm.partition === partition)
        .sort((a, b) => (a.alarm.alarmId < b.alarm.alarmId ? -1 : 1)),
    );
  }

  find(alarmId: string): Alarm | null {
    return clone(this.stored.get(alarmId)?.alarm ?? null);
  }

  all(): StoredAlarm[] {
    return clone([...this.stored.values()]);
  }

  openPartitions(): string[] {
    return [...new Set(this.table().alarms.map((alarm) => alarm.partition))].sort();
  }

  /** The alarms that are not normal, or that a position has not noted yet. */
  table(): { seq: number; alarms: Alarm[] } {
    const alarms = [...this.stored.values()].map((s) => s.alarm).filter(isListed);
    return clone({ seq: this.lines.length, alarms });
  }
}

/** It comes after what came later: an older owner's, or by the rules of every alarm it would take that back. */
function isBehind({ alarm, ownerEpoch }: StoredAlarm, there: StoredAlarm): boolean {
  const { alarm: known } = there;
  if (known.partition !== alarm.partition) return false;
  if (there.ownerEpoch !== ownerEpoch) return ownerEpoch < there.ownerEpoch;
  if (alarm.occurrence < known.occurrence) return true;
  if (alarm.occurrence > known.occurrence) return false;
  const isMasked = known.shelvedUntil !== null || known.suppressedBy !== null || known.outOfService;
  const forgets = (p: 'station' | 'dispatch'): boolean => known.noted[p] !== null && alarm.noted[p] === null;
  return (alarm.active && !known.active) || (!isMasked && (forgets('station') || forgets('dispatch')));
}

const isListed = ({ letter, occurrence, noted }: Alarm): boolean =>
  letter !== 'A' || (occurrence > 0 && (noted.station === null || noted.dispatch === null));

/** PostgreSQL's jsonb has no NUL (22P05): a whole transaction fails by it. */
function refuseUnstorable(entry: JournalEntry): void {
  if (JSON.stringify(entry).includes('\\u0000'))
    throw new DatabaseRefusal('22P05', 'unsupported Unicode escape sequence');
}
