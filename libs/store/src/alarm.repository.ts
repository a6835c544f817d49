import type { Alarm, AlarmEvent } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import { isMisplaced, takesBack } from './alarm-order';
import { inTransaction, onlyRow, type Pool, type PoolClient, type Queryable } from './database';

/** An alarm's state as stored: what everybody sees, and what its owner needs to go on after a restart. */
export interface StoredAlarm {
  readonly alarm: Alarm;
  /** Since when a delay runs (on-delay or off-delay) by the clock that stamped it, the same by ours, and which. */
  readonly pendingSince: Micros | null;
  readonly pendingReceivedAt: Micros | null;
  readonly pendingKind: string | null;
  /** Epoch of the lease under which it was written. */
  readonly ownerEpoch: number;
}

/** One event for the journal, with the state it led to (`event.state`). */
export interface JournalEntry {
  readonly event: AlarmEvent;
  readonly pendingSince: Micros | null;
  readonly pendingReceivedAt: Micros | null;
  readonly pendingKind: string | null;
  readonly ownerEpoch: number;
}

export interface JournalledEvent {
  readonly eventId: string;
  readonly alarmId: string;
  readonly seq: number;
}

/** An event as it stands in the journal, with what says whether it counts. */
export interface JournalLine {
  readonly event: AlarmEvent;
  readonly ownerEpoch: number;
}

const ALARM = `
  alarm_id as "alarmId", partition, station_id as "stationId", tag_id as "tagId", area_id as "areaId",
  source_id as "sourceId", condition, class, priority, name, occurrence, active, acknowledged, latched,
  micros(shelved_until) as "shelvedUntil", suppressed_by as "suppressedBy", out_of_service as "outOfService",
  micros(active_since) as "activeSince", micros(returned_at) as "returnedAt", value, limit_value as "limit", unit,
  subject, noted, letter`;

const EVENT = `
  event_id as "eventId", seq::float8 as seq, micros(at) as at, alarm_id as "alarmId", partition, occurrence, kind,
  position, actor, comment, value, limit_value as "limit", quality, state, superseded`;

/** Not normal, or normal again while a position has still to note its last occurrence. */
const IS_OPEN = `(letter <> 'A'
  or occurrence > 0 and (noted ->> 'station' is null or noted ->> 'dispatch' is null))`;

/** Alarms and their journal. One writer a partition, fenced by the epoch of its lease. */
export class AlarmRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * Journals events and the states they led to, in one transaction.
   * An event that is there already keeps its seq and changes nothing, so that a spool may be replayed. What an owner
   * still had when a younger one had begun is journalled as evidence (`superseded`) and does not touch the state; so is
   * what comes so late that it would take back what came after it.
   * @returns the seq of every entry, in the order given
   */
  async append(entries: readonly JournalEntry[]): Promise<JournalledEvent[]> {
    if (entries.length === 0) return [];
    return inTransaction(this.pool, (client) => appendEntries(client, entries));
  }

  /**
   * Writes states without an event: a delay that began or ended. Of an alarm that is known only the delay is taken, and
   * only while it is in the state to which the delay belongs: so it may come again, and too late, after an event.
   * Older epochs do not overwrite younger ones.
   */
  async saveStates(states: readonly StoredAlarm[]): Promise<void> {
    if (states.length === 0) return;
    await inTransaction(this.pool, async (client) => {
      const isPast = await epochsPast(client, states.map(whoseState));
      const current = states.filter((state) => !isMisplaced(state.alarm) && !isPast(whoseState(state)));
      if (current.length > 0) await upsertStates(client, current, DELAY_ONLY);
    });
  }

  /**
   * The alarms that are not normal (A), and those normal again whose last occurrence a position has not noted yet,
   * with the journal's position they stand on: one consistent picture.
   */
  async table(partitions: readonly string[] | null = null): Promise<{ seq: number; alarms: Alarm[] }> {
    const { rows } = await this.pool.query<{ seq: number; alarms: Alarm[] | null }>(
      `select (select last::float8 from alarm_seq) as seq, (
         select jsonb_agg(to_jsonb(a)) from (
           select ${ALARM} from alarm
           where ${IS_OPEN}
             and ($1::text[] is null or partition = any ($1)) limit 10000
         ) a) as alarms`,
      [partitions],
    );
    const { seq, alarms } = onlyRow(rows);
    return { seq, alarms: alarms ?? [] };
  }

  /** Every alarm of a partition, for its owner's start. */
  async states(partition: string): Promise<StoredAlarm[]> {
    const { rows } = await this.pool.query<Alarm & Omit<StoredAlarm, 'alarm'>>(
      `select ${ALARM}, micros(pending_since) as "pendingSince",
         micros(pending_received_at) as "pendingReceivedAt", pending_kind as "pendingKind", owner_epoch::float8 as "ownerEpoch"
       from alarm where partition = $1 order by alarm_id`,
      [partition],
    );
    return rows.map(({ pendingSince, pendingReceivedAt, pendingKind, ownerEpoch, ...alarm }) => ({
      alarm,
      pendingSince,
      pendingReceivedAt,
      pendingKind,
      ownerEpoch,
    }));
  }

  /** Partitions with an alarm that somebody has still to see to, whether or not they are configured any more. */
  async openPartitions(): Promise<string[]> {
    const { rows } = await this.pool.query<{ partition: string }>(
      `select distinct partition from alarm where ${IS_OPEN} order by partition`,
    );
    return rows.map((r) => r.partition);
  }

  /**
   * For holding the one against the other: the whole table, and of the journal the last event of every alarm under
   * every epoch, evidence included. One consistent picture.
   */
  async tableAndJournal(): Promise<{ table: Alarm[]; journal: JournalLine[]; events: number }> {
    const { rows } = await this.pool.query<{ table: Alarm[]; journal: JournalLine[]; events: number }>(
      `select (select count(*)::float8 from alarm_event) as events,
         (select coalesce(jsonb_agg(to_jsonb(a)), '[]') from (select ${ALARM} from alarm order by alarm_id) a) as table,
         (select coalesce(jsonb_agg(jsonb_build_object('ownerEpoch', owner_epoch, 'event', to_jsonb(e) - 'owner_epoch')), '[]')
          from (select distinct on (alarm_id, owner_epoch, superseded) ${EVENT}, owner_epoch from alarm_event
                order by alarm_id, owner_epoch, superseded, seq desc) e) as journal`,
    );
    return onlyRow(rows);
  }

  /** One alarm, or null. */
  async find(alarmId: string): Promise<Alarm | null> {
    const { rows } = await this.pool.query<Alarm>(`select ${ALARM} from alarm where alarm_id = $1`, [
      alarmId,
    ]);
    return rows[0] ?? null;
  }

  /** Journal entries with a greater seq, oldest first; with `stations`, those of their alarms. */
  async eventsAfter(
    seq: number,
    filter: { alarmId?: string; stations?: readonly string[]; limit: number },
  ): Promise<AlarmEvent[]> {
    const { rows } = await this.pool.query<AlarmEvent>(
      `select ${EVENT} from alarm_event
       where seq > $1 and ($2::text is null or alarm_id = $2)
         and ($3::text[] is null or state ->> 'stationId' = any ($3))
       order by seq limit $4`,
      [seq, filter.alarmId ?? null, filter.stations ?? null, filter.limit],
    );
    return rows.map(asEvent);
  }

  /** The newest journal entries, newest first; with `stations`, those of their alarms. */
  async newestEvents(filter: {
    alarmId?: string;
    stations?: readonly string[];
    limit: number;
  }): Promise<AlarmEvent[]> {
    const { rows } = await this.pool.query<AlarmEvent>(
      `select ${EVENT} from alarm_event
       where ($1::text is null or alarm_id = $1)
         and ($2::text[] is null or state ->> 'stationId' = any ($2))
       order by seq desc limit $3`,
      [filter.alarmId ?? null, filter.stations ?? null, filter.limit],
    );
    return rows.map(asEvent);
  }
}

async function appendEntries(
  client: PoolClient,
  entries: readonly JournalEntry[],
): Promise<JournalledEvent[]> {
  // Locked until commit: whoever comes next gets a greater seq and commits later.
  const counter = await client.query<{ last: number }>(
    'select last::float8 as last from alarm_seq for update',
  );
  let { last } = onlyRow(counter.rows);
  const journalled = await client.query<{ eventId: string; seq: number }>(
    `select event_id as "eventId", seq::float8 as seq from alarm_event where event_id = any ($1::uuid[])`,
    [entries.map((e) => e.event.eventId)],
  );
  const seqs = new Map(journalled.rows.map((r) => [r.eventId, r.seq]));
  const isPast = await epochsPast(client, entries.map(whoseEvent));
  const known = await statesOf(client, entries);
  const fresh: FreshEntry[] = [];
  for (const entry of entries) {
    const eventId = entry.event.eventId.toLowerCase();
    if (seqs.has(eventId)) continue;
    last += 1;
    seqs.set(eventId, last);
    const { event } = entry;
    const whose = whoseEvent(entry);
    const there = known.get(nameOf(whose));
    const superseded =
      isMisplaced(event.state) || isPast(whose) || (there !== undefined && isBehind(entry, there));
    if (!superseded) known.set(nameOf(whose), { alarm: event.state, ownerEpoch: entry.ownerEpoch });
    fresh.push({ ...entry, seq: last, superseded });
  }
  if (fresh.length > 0) {
    await insertEvents(client, fresh);
    await client.query('update alarm_seq set last = $1', [last]);
    const current = fresh.filter((e) => !e.superseded);
    const states = new Map(current.map((e) => [e.event.alarmId, { ...e, alarm: e.event.state }]));
    if (states.size > 0) await upsertStates(client, [...states.values()], WHOLE_STATE);
  }
  return entries.map(({ event }) => ({
    eventId: event.eventId,
    alarmId: event.alarmId,
    seq: seqs.get(event.eventId.toLowerCase()) as number,
  }));
}

type Known = Pick<StoredAlarm, 'alarm' | 'ownerEpoch'>;

/** It comes after what came after it: from an older owner, or from the same one. */
const isBehind = ({ event, ownerEpoch }: JournalEntry, known: Known): boolean =>
  ownerEpoch === known.ownerEpoch ? takesBack(event.state, known.alarm) : ownerEpoch < known.ownerEpoch;

/** These entries' alarms as they stand. */
async function statesOf(client: PoolClient, entries: readonly JournalEntry[]): Promise<Map<string, Known>> {
  const { rows } = await client.query<Alarm & { ownerEpoch: number }>(
    `select ${ALARM}, owner_epoch::float8 as "ownerEpoch" from alarm where alarm_id = any ($1)`,
    [[...new Set(entries.map((e) => e.event.alarmId))]],
  );
  return new Map(rows.map(({ ownerEpoch, ...alarm }) => [nameOf(alarm), { alarm, ownerEpoch }]));
}

interface FreshEntry extends JournalEntry {
  readonly seq: number;
  readonly superseded: boolean;
}

interface Whose {
  readonly partition: string;
  readonly alarmId: string;
  readonly ownerEpoch: number;
}
/** Epochs are counted by partition: of an alarm that moved to another one, what the former said says nothing. */
const nameOf = ({ partition, alarmId }: Pick<Whose, 'partition' | 'alarmId'>): string =>
  `${partition} ${alarmId}`;
const whoseEvent = ({ event: { partition, alarmId }, ownerEpoch }: JournalEntry): Whose => ({
  partition,
  alarmId,
  ownerEpoch,
});
const whoseState = ({ alarm: { partition, alarmId }, ownerEpoch }: StoredAlarm): Whose => ({
  partition,
  alarmId,
  ownerEpoch,
});

/**
 * Whether something was written under an epoch that is over: the partition's lease, or the alarm, has a younger one.
 * The leases stay as they are until the transaction ends: a successor who takes one waits for it, and then reads what
 * was written; or he was first, and then what is written here is past.
 */
async function epochsPast(client: PoolClient, written: readonly Whose[]): Promise<(one: Whose) => boolean> {
  const leases = await client.query<{ partition: string; epoch: number }>(
    `select partition, epoch::float8 as epoch from partition_lease where partition = any ($1)
     order by partition for share`,
    [[...new Set(written.map((w) => w.partition))]],
  );
  const alarms = await client.query<{ alarmId: string; partition: string; epoch: number }>(
    `select alarm_id as "alarmId", partition, owner_epoch::float8 as epoch from alarm where alarm_id = any ($1)`,
    [[...new Set(written.map((w) => w.alarmId))]],
  );
  const ofPartition = new Map(leases.rows.map((r) => [r.partition, r.epoch]));
  // Epochs are counted by partition: of an alarm that moved to another one, those of the former say nothing.
  const ofAlarm = new Map(alarms.rows.map((r) => [`${r.partition} ${r.alarmId}`, r.epoch]));
  return ({ partition, alarmId, ownerEpoch }) =>
    ownerEpoch < Math.max(ofPartition.get(partition) ?? 0, ofAlarm.get(`${partition} ${alarmId}`) ?? 0);
}

/** Says `superseded` only of evidence. */
const asEvent = ({ superseded, ...event }: AlarmEvent): AlarmEvent =>
  superseded ? { ...event, superseded } : event;

async function insertEvents(db: Queryable, entries: readonly FreshEntry[]) {
  await db.query(
    `insert into alarm_event (seq, event_id, at, alarm_id, partition, occurrence, kind, position, actor, comment,
       value, limit_value, quality, state, owner_epoch, superseded)
     select seq, "eventId", instant(at), "alarmId", partition, occurrence, kind, position, actor, comment,
       value, "limit", quality, state, "ownerEpoch", superseded
     from jsonb_to_recordset($1::jsonb) as e (
       seq bigint, "eventId" uuid, at bigint, "alarmId" text, partition text, occurrence int, kind text,
       position text, actor text, comment text, value float8, "limit" float8, quality int, state jsonb,
       "ownerEpoch" bigint, superseded boolean)`,
    [
      JSON.stringify(
        entries.map(({ event, seq, ownerEpoch, superseded }) => ({ ...event, seq, ownerEpoch, superseded })),
      ),
    ],
  );
}

/** What an event led to. */
const WHOLE_STATE = `
  on conflict (alarm_id) do update set
    partition = excluded.partition, station_id = excluded.station_id, tag_id = excluded.tag_id,
    area_id = excluded.area_id, source_id = excluded.source_id, condition = excluded.condition,
    class = excluded.class, priority = excluded.priority, name = excluded.name, occurrence = excluded.occurrence,
    active = excluded.active, acknowledged = excluded.acknowledged, latched = excluded.latched,
    shelved_until = excluded.shelved_until, suppressed_by = excluded.suppressed_by,
    out_of_service = excluded.out_of_service, active_since = excluded.active_since,
    returned_at = excluded.returned_at, value = excluded.value, limit_value = excluded.limit_value,
    unit = excluded.unit, subject = excluded.subject, noted = excluded.noted, letter = excluded.letter,
    pending_since = excluded.pending_since, pending_received_at = excluded.pending_received_at,
    pending_kind = excluded.pending_kind,
    owner_epoch = excluded.owner_epoch
  where a.partition <> excluded.partition or a.owner_epoch <= excluded.owner_epoch` as const;

const DELAY_ONLY = `
  on conflict (alarm_id) do update set
    pending_since = excluded.pending_since, pending_received_at = excluded.pending_received_at,
    pending_kind = excluded.pending_kind, owner_epoch = excluded.owner_epoch
  where a.partition = excluded.partition and a.owner_epoch <= excluded.owner_epoch
    and a.occurrence = excluded.occurrence and a.active = excluded.active` as const;

async function upsertStates(
  db: Queryable,
  states: readonly StoredAlarm[],
  onConflict: typeof WHOLE_STATE | typeof DELAY_ONLY,
): Promise<void> {
  const rows = states.map(({ alarm, pendingSince, pendingReceivedAt, pendingKind, ownerEpoch }) => ({
    ...alarm,
    pendingSince,
    pendingReceivedAt,
    pendingKind,
    ownerEpoch,
  }));
  await db.query(
    `insert into alarm as a (alarm_id, partition, station_id, tag_id, area_id, source_id, condition, class, priority,
       name, occurrence, active, acknowledged, latched, shelved_until, suppressed_by, out_of_service, active_since,
       returned_at, value, limit_value, unit, subject, noted, letter, pending_since, pending_received_at,
       pending_kind, owner_epoch)
     select "alarmId", partition, "stationId", "tagId", "areaId", "sourceId", condition, class, priority,
       name, occurrence, active, acknowledged, latched, instant("shelvedUntil"), "suppressedBy", "outOfService",
       instant("activeSince"), instant("returnedAt"), value, "limit", unit, subject, noted, letter, instant("pendingSince"),
       instant("pendingReceivedAt"), "pendingKind", "ownerEpoch"
     from jsonb_to_recordset($1::jsonb) as s (
       "alarmId" text, partition text, "stationId" text, "tagId" int, "areaId" text, "sourceId" text, condition text,
       class text, priority int, name jsonb, occurrence int, active boolean, acknowledged boolean, latched boolean,
       "shelvedUntil" bigint, "suppressedBy" text, "outOfService" boolean, "activeSince" bigint,
       "returnedAt" bigint, value float8, "limit" float8, unit text, subject text, noted jsonb,
       letter text, "pendingSince" bigint, "pendingReceivedAt" bigint, "pendingKind" text, "ownerEpoch" bigint)
     ${onConflict}`,
    [JSON.stringify(rows)],
  );
}
