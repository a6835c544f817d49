import type { AlarmEvent, AlarmEvents } from '@linepack/contracts';

/** Entries in one answer. */
export const PAGE = 1_000;
/** Most events remembered as heard: far more than lie between being told and being journalled. */
const MOST_HEARD = 20_000;

type Read = (question: { after?: number; limit: number }) => Promise<AlarmEvents>;

/**
 * Follows the journal, so that no transition is missed. What the wire tells is not read: the place reached in the journal
 * moves by what is read of it alone, and after a gap all that came since is read, page by page.
 */
export class JournalFollower {
  private readonly heard = new Set<string>();
  /** The last entry that was read; null: none yet. */
  private seq: number | null = null;
  private reading: Promise<void> | null = null;
  private again = false;

  /** @param onEvents hears every entry that was not heard before, in the journal's order */
  constructor(
    private readonly read: Read,
    private readonly onEvents: (events: readonly AlarmEvent[]) => void,
  ) {}

  /** The wire told it. */
  hear(event: AlarmEvent): void {
    this.heard.add(event.eventId);
    for (const id of this.heard) {
      if (this.heard.size <= MOST_HEARD) break;
      this.heard.delete(id);
    }
  }

  /** Whether the journal took something that the wire did not tell: it was missed. */
  misses(entries: readonly { eventId: string }[]): boolean {
    return entries.some(({ eventId }) => !this.heard.has(eventId));
  }

  /** Whether so much came since the last reading that the next one, after a gap, would be long. */
  isFarBehind(entries: readonly { seq: number }[]): boolean {
    return this.seq !== null && entries.some(({ seq }) => seq - (this.seq ?? 0) > PAGE / 2);
  }

  /** Reads on to the end; what is asked for meanwhile is read after it. Rejects when it could not be read. */
  catchUp(): Promise<void> {
    this.again = true;
    this.reading ??= this.readOn().finally(() => (this.reading = null));
    return this.reading;
  }

  private async readOn(): Promise<void> {
    while (this.again) {
      this.again = false;
      if (this.seq === null) await this.begin();
      else await this.readAfter(this.seq);
    }
  }

  /** The newest page: what is older concerns nobody who comes now. */
  private async begin(): Promise<void> {
    const { events } = await this.read({ limit: PAGE });
    this.take([...events].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)));
    this.seq ??= 0;
  }

  private async readAfter(seq: number): Promise<void> {
    for (let after = seq; ; after = this.seq ?? after) {
      const { events } = await this.read({ after, limit: PAGE });
      this.take(events);
      if (events.length < PAGE) return;
    }
  }

  private take(events: readonly AlarmEvent[]): void {
    const news = events.filter(({ eventId }) => !this.heard.has(eventId));
    for (const event of events) {
      this.hear(event);
      if (event.seq !== null) this.seq = Math.max(this.seq ?? 0, event.seq);
    }
    if (news.length > 0) this.onEvents(news);
  }
}
