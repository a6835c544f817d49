import { Injectable, computed, inject, signal } from '@angular/core';
import {
  type AlarmEvent,
  AlarmEvents,
  type AlarmPriority,
  AlarmTable,
  CommandAnswer,
  type ListedAlarm,
} from '@linepack/contracts';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { SessionStore } from '../session/session.store';
import {
  FLOOD_ABOVE,
  type Held,
  TableReadings,
  afterAnswer,
  afterEvent,
  afterJournalled,
  byUrgency,
  heldFrom,
  isOwed,
  isSetAside,
  occurrenceKey,
  recentCount,
  unwatchedBy,
} from './alarm-table';
import { JournalFollower } from './journal-follower';

/** An event is journalled within a second; only one that waits longer is worth a sign. */
const USUAL_WAIT = 5_000_000;

/** A table or a journal that could not be read is asked for again after this. */
const RETRY_MS = 3_000;

const PRIORITIES: readonly AlarmPriority[] = [1, 2, 3];

/** The alarm table, kept by the live wire and read again after every gap. */
@Injectable({ providedIn: 'root' })
export class AlarmStore {
  private readonly api = inject(Api);
  private readonly link = inject(Link);
  private readonly clock = inject(Clock);
  private readonly session = inject(SessionStore);

  private readonly held = signal<Held>(new Map());
  private readonly began = signal<ReadonlyMap<string, number>>(new Map());
  private readonly spooling = signal(false);
  private readonly readings = new TableReadings();
  private readonly journal = new JournalFollower(
    (question) => this.api.get('/api/alarms/events', AlarmEvents, question),
    (events) => {
      this.remember(events);
      this.journalled.set(events);
    },
  );
  private reading: Promise<void> | null = null;
  private again = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  readonly loaded = signal(false);
  readonly fault = signal<unknown>(undefined);
  /** Answers of the last acknowledgements that failed, by alarm. */
  readonly refused = signal<ReadonlyMap<string, string>>(new Map());
  readonly pending = signal<ReadonlySet<string>>(new Set());
  /** The row chosen in the list: what the key A acknowledges. */
  readonly selected = signal<string | null>(null);
  /** The alarms of the events the journal took last. */
  readonly journalled = signal<readonly { alarmId: string }[]>([]);
  /** What keeps new alarms from this screen though the server answers. */
  readonly unwatched = signal<'bus' | 'collector' | null>(null);

  /** Partitions that no collector owns, where the user may know of them. */
  readonly unowned = signal<readonly string[]>([]);

  readonly position = this.session.position;
  readonly all = computed(() => [...this.held().values()].sort(byUrgency(this.position())));
  readonly owed = computed(() => this.all().filter((a) => isOwed(a, this.position())));
  /** What the banner offers and the keys take: the worst, and the oldest of those. */
  readonly worstOwed = computed<ListedAlarm | null>(() => this.owed()[0] ?? null);
  readonly counts = computed(() =>
    PRIORITIES.map((priority) => {
      const alarms = this.all().filter((a) => a.priority === priority && !isSetAside(a));
      return {
        priority,
        total: alarms.length,
        owed: alarms.filter((a) => isOwed(a, this.position())).length,
      };
    }),
  );
  readonly shelved = computed(() => this.all().filter((a) => a.letter === 'E').length);
  readonly suppressed = computed(() => this.all().filter((a) => a.letter === 'F' || a.letter === 'G').length);
  readonly unjournalled = computed(() => this.all().filter((a) => !a.journalled).length);
  readonly databaseAway = this.spooling.asReadonly();
  /** Some event has waited for the journal longer than its usual moment. */
  readonly waiting = computed(() => {
    const late = this.clock.now() - USUAL_WAIT;
    return this.all().some((a) => !a.journalled && a.heardAt < late);
  });
  readonly recent = computed(() => recentCount(this.began(), this.clock.now()));
  readonly flood = computed(() => this.recent() > FLOOD_ABOVE);
  private readonly byTag = computed(() =>
    Map.groupBy(
      this.all().filter((a) => a.tagId !== null && a.active && !isSetAside(a)),
      (a) => a.tagId as number,
    ),
  );

  constructor() {
    this.link.joined.subscribe(() => void this.readAgain());
    this.link.alarmTable.subscribe((table) => {
      this.change(() => heldFrom(table));
      this.accept(table);
      void this.readJournal();
    });
    this.link.alarm.subscribe((event) => this.take(event));
    this.link.alarmJournalled.subscribe((entries) => {
      this.change((held) => afterJournalled(held, entries));
      this.journalled.set(entries);
      if (this.journal.misses(entries)) void this.readAgain();
      else if (this.journal.isFarBehind(entries)) void this.readJournal();
    });
    this.link.status.subscribe((parts) => {
      const collector = parts.find((p) => p.part === 'collector');
      this.unwatched.set(unwatchedBy(parts));
      this.unowned.set(collector?.unowned ?? []);
      if (collector?.database) this.spooling.set(collector.database === 'away');
    });
  }

  find = (alarmId: string): ListedAlarm | null => this.held().get(alarmId) ?? null;
  /** The most urgent active alarm of a tag. */
  topOfTag = (tagId: number): ListedAlarm | null => this.byTag().get(tagId)?.[0] ?? null;
  ofStation = (stationId: string): ListedAlarm[] => this.all().filter((a) => a.stationId === stationId);

  /** Whether this user's position has its note still open on it. Nobody without a position may acknowledge. */
  mayAcknowledge(alarm: ListedAlarm): boolean {
    return (
      this.position() !== null &&
      this.session.may('alarm.acknowledge') &&
      isOwed(alarm, this.position()) &&
      this.link.state() !== 'lost'
    );
  }

  /**
   * Reads the table, and from the journal what came since: after a gap nothing may be missing. One table is read at a
   * time, so that an older answer never takes the place of a newer one.
   */
  readAgain(): Promise<void> {
    this.again = true;
    this.reading ??= this.readAll().finally(() => (this.reading = null));
    return this.reading;
  }

  private async readAll(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        const { table, held } = await this.readings.read(() => this.api.get('/api/alarms', AlarmTable));
        this.held.set(held);
        this.accept(table);
        this.fault.set(undefined);
      } catch (fault) {
        this.fault.set(fault);
        this.retryLater();
        return;
      }
      await this.readJournal();
    }
  }

  async acknowledge(alarm: ListedAlarm, comment: string): Promise<void> {
    this.pending.update((p) => new Set(p).add(alarm.alarmId));
    this.refused.update((r) => new Map([...r].filter(([id]) => id !== alarm.alarmId)));
    try {
      const path = `/api/alarms/${encodeURIComponent(alarm.alarmId)}/acknowledge`;
      const answer = await this.api.post(path, { occurrence: alarm.occurrence, comment }, CommandAnswer);
      const position = this.position();
      this.change((held) => afterAnswer(held, answer, position));
    } catch (fault) {
      this.refused.update((r) => new Map(r).set(alarm.alarmId, this.api.explain(fault)));
    } finally {
      this.pending.update((p) => new Set([...p].filter((id) => id !== alarm.alarmId)));
    }
  }

  private async readJournal(): Promise<void> {
    try {
      await this.journal.catchUp();
    } catch (fault) {
      // The table itself is already there; only the count of recent alarms lacks something.
      console.warn(`journal: ${String(fault)}`);
      this.retryLater();
    }
  }

  private retryLater(): void {
    clearTimeout(this.retry);
    if (this.session.user() !== null) this.retry = setTimeout(() => void this.readAgain(), RETRY_MS);
  }

  private change(step: (held: Held) => Held): void {
    this.readings.heard(step);
    this.held.update(step);
  }

  private accept(table: AlarmTable): void {
    this.spooling.set(table.databaseAway);
    this.loaded.set(true);
    this.began.update((began) => {
      const next = new Map(began);
      for (const a of table.alarms) if (a.activeSince !== null) next.set(occurrenceKey(a), a.activeSince);
      return next;
    });
  }

  private take(event: AlarmEvent): void {
    this.journal.hear(event);
    const [position, now] = [this.position(), this.clock.read()];
    this.change((held) => afterEvent(held, event, position, now));
    this.remember([event]);
  }

  private remember(events: readonly AlarmEvent[]): void {
    const raised = events.filter((e) => e.kind === 'raised');
    if (raised.length === 0) return;
    const oldest = this.clock.read() - 3_600_000_000;
    this.began.update(
      (began) =>
        new Map(
          [...began, ...raised.map((e) => [occurrenceKey(e), e.at] as const)].filter(([, at]) => at > oldest),
        ),
    );
  }
}
