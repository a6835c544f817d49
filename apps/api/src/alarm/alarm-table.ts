import { isDeepStrictEqual } from 'node:util';
import type { Alarm, AlarmEvent, AlarmTableMessage, ListedAlarm, Position } from '@linepack/contracts';

interface Kept {
  readonly alarm: Alarm;
  /** The last event that is not journalled yet; null when all are. */
  waiting: string | null;
}

/** Most events remembered until the journal confirms them; the browser re-reads the journal for older ones. */
const MOST_WAITING = 100_000;

/** Most events remembered so that one delivered again is known: far more than lie between two connections of the bus. */
const MOST_TAKEN = 20_000;

/**
 * Whether a position's list holds an alarm: it is not normal, or it is normal again and the position has not noted it.
 * Two positions answer for an alarm; neither takes it from the other's list.
 */
const isListed = (alarm: Alarm, position: Position | null): boolean =>
  alarm.letter !== 'A' || (position !== null && alarm.occurrence > 0 && alarm.noted[position] === null);

/** Whether any position's list holds it. */
const isKept = (alarm: Alarm): boolean => isListed(alarm, 'station') || isListed(alarm, 'dispatch');

/**
 * The alarms that are not normal, in memory: from the owners' retained tables and from every event since, so that the
 * list is there while the database is away.
 */
export class AlarmTableMemory {
  private readonly alarms = new Map<string, Kept>();
  private readonly stationByEvent = new Map<string, string | null>();
  private readonly heard = new Set<string>();
  private readonly epochs = new Map<string, number>();
  private readonly taken = new Set<string>();
  private lastSeq = 0;

  /** Position in the journal up to which this table stands. */
  get seq(): number {
    return this.lastSeq;
  }

  /**
   * An owner's whole partition: what is not in it is normal, and noted by both positions. An owner whose lease went to
   * another is not listened to.
   * @returns whether it says anything the events have not said: an event was missed, or told before a gap
   */
  replace({ partition, alarms, unjournalled, epoch }: AlarmTableMessage): boolean {
    if (!this.isOwner(partition, epoch)) return false;
    this.heard.add(partition);
    const before = new Map([...this.alarms].filter(([, { alarm }]) => alarm.partition === partition));
    for (const id of before.keys()) this.alarms.delete(id);
    const behind = new Set(unjournalled);
    for (const alarm of alarms)
      this.alarms.set(alarm.alarmId, {
        alarm,
        waiting: behind.has(alarm.alarmId) ? (before.get(alarm.alarmId)?.waiting ?? 'unknown') : null,
      });
    return (
      before.size !== alarms.length ||
      alarms.some((alarm) => !isDeepStrictEqual(before.get(alarm.alarmId), this.alarms.get(alarm.alarmId)))
    );
  }

  /**
   * What the database holds; partitions whose owner has spoken are theirs, and what waits for the journal is newer.
   * Epochs are counted anew when the journal went back: a database that was restored from a copy gives older ones.
   * @returns whether it did
   */
  seed({ seq, alarms }: { seq: number; alarms: readonly Alarm[] }): boolean {
    const wentBack = seq < this.lastSeq;
    if (wentBack) this.epochs.clear();
    this.lastSeq = Math.max(this.lastSeq, seq);
    const isNewer = ({ alarm, waiting }: Kept): boolean =>
      this.heard.has(alarm.partition) || waiting !== null;
    for (const [id, kept] of this.alarms) if (!isNewer(kept)) this.alarms.delete(id);
    for (const alarm of alarms)
      if (!this.heard.has(alarm.partition) && !this.alarms.has(alarm.alarmId))
        this.alarms.set(alarm.alarmId, { alarm, waiting: null });
    return wentBack;
  }

  /**
   * One transition.
   * @returns whether its state is the alarm's now; not when it is told again, is of an earlier occurrence, or comes from
   *   an owner whose lease went to another
   */
  take(event: AlarmEvent, epoch: number): boolean {
    const { alarmId, eventId, seq, state } = event;
    const known = this.alarms.get(alarmId)?.alarm;
    if (!this.isOwner(event.partition, epoch) || this.taken.has(eventId)) return false;
    if (known && known.occurrence > event.occurrence) return false;
    this.taken.add(eventId);
    prune(this.taken, MOST_TAKEN);
    if (!isKept(state)) this.alarms.delete(alarmId);
    else this.alarms.set(alarmId, { alarm: state, waiting: seq === null ? eventId : null });
    if (seq !== null) this.lastSeq = Math.max(this.lastSeq, seq);
    else this.remember(event);
    return true;
  }

  /** Events are in the journal now. */
  journalled(entries: readonly { eventId: string; alarmId: string; seq: number }[]): void {
    for (const { eventId, alarmId, seq } of entries) {
      this.lastSeq = Math.max(this.lastSeq, seq);
      const kept = this.alarms.get(alarmId);
      if (kept && (kept.waiting === eventId || kept.waiting === 'unknown')) kept.waiting = null;
    }
  }

  /**
   * The station an event that waited for the journal belongs to, and forgets it. Of an event told before this process
   * began, its alarm still says it; null when it is network-wide or nothing is known.
   */
  stationOfWaiting({ eventId, alarmId }: { eventId: string; alarmId: string }): string | null {
    const station = this.stationByEvent.get(eventId);
    this.stationByEvent.delete(eventId);
    return station === undefined ? (this.find(alarmId)?.stationId ?? null) : station;
  }

  find(alarmId: string): Alarm | null {
    return this.alarms.get(alarmId)?.alarm ?? null;
  }

  /** Those a user may see and his position has to know of, oldest first. */
  list(position: Position | null, visible: (stationId: string | null) => boolean): ListedAlarm[] {
    return [...this.alarms.values()]
      .filter(({ alarm }) => isListed(alarm, position) && visible(alarm.stationId))
      .map(({ alarm, waiting }) => ({ ...alarm, journalled: waiting === null }))
      .sort((a, b) => (a.activeSince ?? 0) - (b.activeSince ?? 0));
  }

  /** Notes the youngest epoch of a partition. */
  private isOwner(partition: string, epoch: number): boolean {
    if (epoch < (this.epochs.get(partition) ?? 0)) return false;
    this.epochs.set(partition, epoch);
    return true;
  }

  private remember(event: AlarmEvent): void {
    this.stationByEvent.set(event.eventId, event.state.stationId);
    prune(this.stationByEvent, MOST_WAITING);
  }
}

/** Maps and sets keep the order of insertion: the oldest go. */
function prune(
  kept: { readonly size: number; keys(): Iterable<string>; delete(key: string): boolean },
  most: number,
) {
  for (const key of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(key);
  }
}
