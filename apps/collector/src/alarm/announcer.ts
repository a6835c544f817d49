import { TOPIC } from '@linepack/contracts';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import type { Durable } from '../write/outbox';

export interface AnnouncerParts {
  readonly tell: (topic: string, message: unknown) => void;
  /** Takes the entries in the order given and resolves when they are durable; rejects only when it has stopped. */
  readonly journal: (entries: readonly JournalEntry[]) => Promise<Durable>;
  /** States that changed without an event, after every entry given before. */
  readonly states: (states: readonly StoredAlarm[]) => void;
  /** Null while what is owned is certain; otherwise resolves when it has been asked, and lost partitions disowned. */
  readonly doubt: () => Promise<void> | null;
  /** The epoch under which a partition is owned now. */
  readonly epochOf: (partition: string) => number | undefined;
  readonly onSaid: (partition: string) => void;
}

interface Held {
  readonly entries: readonly JournalEntry[];
  readonly resolve: (durable: Durable | null) => void;
}

/**
 * Says what happened, in order: to the bus at once, then to the journal. While it is in doubt whether a partition is
 * still owned everything waits in one line, so that neither order nor the last word is lost; what another collector
 * has taken over meanwhile is his to say. The line holds what happens while the lease is asked for, some seconds.
 */
export class Announcer {
  private line: Held[] = [];
  private asking: Promise<void> | null = null;

  constructor(private readonly parts: AnnouncerParts) {}

  /** Resolves when the entries are durable, or with null when they are not ours to say or nobody takes them. */
  announce(entries: readonly JournalEntry[]): Promise<Durable | null> {
    if (entries.length === 0) return Promise.resolve(null);
    return this.isCertain()
      ? this.say(entries)
      : new Promise((resolve) => this.line.push({ entries, resolve }));
  }

  /** Gives away states that changed without an event. In doubt they stay where they are: events go before them. */
  save(take: () => readonly StoredAlarm[]): void {
    if (!this.isCertain()) return;
    const mine = take().filter((s) => this.parts.epochOf(s.alarm.partition) === s.ownerEpoch);
    if (mine.length > 0) this.parts.states(mine);
  }

  private isCertain(): boolean {
    const doubt = this.parts.doubt();
    if (this.asking) return false;
    if (!doubt) return true;
    this.asking = doubt.finally(() => this.goOn());
    return false;
  }

  private goOn(): void {
    this.asking = null;
    // In doubt again already: a process may stand still twice.
    if (!this.isCertain()) return;
    for (const { entries, resolve } of this.line.splice(0)) void this.say(entries).then(resolve);
  }

  private async say(steps: readonly JournalEntry[]): Promise<Durable | null> {
    const entries = steps.filter((e) => this.parts.epochOf(e.event.partition) === e.ownerEpoch);
    if (entries.length === 0) return null;
    for (const { event, ownerEpoch: epoch } of entries) {
      this.parts.tell(TOPIC.alarmEvent(event.partition), { event, epoch });
      this.parts.onSaid(event.partition);
    }
    return this.parts.journal(entries).catch(saidByOutbox);
  }
}

/** The outbox has said why. */
const saidByOutbox = (): null => null;
