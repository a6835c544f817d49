import {
  isNews,
  lossAlarm,
  stationIsBad,
  stationSilent,
  type AlarmDefinition,
  type Level,
  type Says,
  type StationStanding,
} from '@linepack/alarm';
import { TOPIC, type AlarmCommand, type AlarmCommandReply, type ConditionMessage } from '@linepack/contracts';
import { OUR_CLOCK, type Micros, type SourceId, type TagId } from '@linepack/network';
import type { JournalEntry, JournalledEvent, StoredAlarm } from '@linepack/store';
import type { PresentValue } from '@linepack/telemetry';
import type { Log } from '../log';
import type { Time, Timer } from '../time';
import type { Durable } from '../write/outbox';
import { AlarmCommands } from './alarm-commands';
import { AlarmInputs } from './alarm-inputs';
import { AlarmPartition } from './alarm-partition';
import { Announcer } from './announcer';
import { NO_DEFINITIONS, type Definitions } from './definitions';
import { OurClock } from './our-clock';
import type { SourceHeard } from './source-links';
import { entriesOf, type Unwritten } from './unwritten';

export interface AlarmSurroundings {
  readonly time: Time;
  readonly tell: (topic: string, message: unknown, keep?: 'retained') => void;
  /** Takes the entries in the order given and resolves when they are durable; rejects only when it has stopped. */
  readonly journal: (entries: readonly JournalEntry[]) => Promise<Durable>;
  /** Takes states that changed without an event: a delay that began or ended. */
  readonly states: (states: readonly StoredAlarm[]) => void;
  readonly onChange: (when: 'soon' | 'now') => void;
  /** Null while what is owned is certain; otherwise resolves when it has been asked, and lost partitions disowned. */
  readonly doubt: () => Promise<void> | null;
  readonly log: Log;
}

const SAID_OF_SOURCE = { lost: 'holds', connected: 'ended', unknown: 'neither' } as const;
const TABLE_DELAY_MS = 100;
const AUDIT_MS = 60_000;
/** Events that were confirmed lately: one read from the spool for a takeover may be confirmed before it is owned. */
const REMEMBERED_CONFIRMATIONS = 10_000;

/**
 * The alarm engine. It knows the present value of every tag of this collector and how every source and station stands,
 * whether it owns their alarms or not, so that an alarm follows the state of the plant and not the arrival of words:
 * it is judged when its inputs change, when its definition changes, and when its partition is taken over. Once a
 * minute an audit compares all alarms with their conditions. What happens is told to the bus at once, and to the
 * journal in order.
 */
export class AlarmEngine {
  private readonly partitions = new Map<string, AlarmPartition>();
  private readonly inputs = new AlarmInputs();
  private definitions: Definitions = NO_DEFINITIONS;
  /** What scheduled work found last, one an alarm: also for a partition that is taken over later. */
  private readonly found = new Map<
    string,
    { readonly definition: AlarmDefinition; readonly order: number }
  >();
  private configured: ReadonlySet<string> = new Set();
  private readonly commands: AlarmCommands;
  private readonly confirmed = new Set<string>();
  private readonly tables = new Map<string, Timer>();
  private readonly announcer: Announcer;
  /** Every entry reads it first, and nothing here asks for the time elsewhere. */
  private readonly clock: OurClock;
  private auditedAtMs: number;
  private inconsistent = 0;

  constructor(private readonly around: AlarmSurroundings) {
    this.auditedAtMs = around.time.monotonicMs();
    this.clock = new OurClock(around.time, (by) => this.clockWasSet(by));
    this.announcer = new Announcer({
      tell: around.tell,
      journal: around.journal,
      states: around.states,
      doubt: around.doubt,
      epochOf: (partition) => this.partitions.get(partition)?.epoch,
      onSaid: (partition) => this.publishSoon(partition),
    });
    this.commands = new AlarmCommands({
      time: around.time,
      now: () => this.clock.now(),
      announce: (entries) => this.announce(entries),
      isOwner: (partition) => this.partitions.get(partition.name) === partition,
      keep: () => this.around.onChange('now'),
    });
  }

  configure(definitions: Definitions): void {
    const now = this.clock.now();
    this.definitions = definitions;
    const configured = new Set(definitions.all.map((d) => d.alarmId));
    this.configured = configured;
    this.inputs.keepLevels((id) => configured.has(id) || this.found.has(id));
    for (const partition of this.partitions.values()) this.define(partition, now, 'changed');
  }

  owns(partition: string): boolean {
    return this.partitions.has(partition);
  }

  /** Takes a partition over, with its alarms as stored and what its own epoch left unwritten, oldest first. */
  own(name: string, epoch: number, stored: readonly StoredAlarm[], unwritten: readonly Unwritten[]): void {
    const now = this.clock.now();
    const partition = new AlarmPartition(name, epoch, this.inputs, stored, unwritten);
    partition.journalled([...this.confirmed]);
    this.partitions.set(name, partition);
    this.define(partition, now, 'takenOver');
    this.publishSoon(name);
    this.around.onChange('soon');
  }

  /**
   * What an earlier run told, and could not be read at the takeover: the journal takes it as told under the same epoch,
   * and so must who owns it.
   */
  takeIn(waiting: readonly Unwritten[]): void {
    for (const partition of [...this.partitions.values()]) {
      const { name, epoch } = partition;
      this.own(name, epoch, partition.snapshot(), entriesOf(waiting, name, epoch));
    }
  }

  /** What the database has of a partition that went on from a copy, which may be older. */
  catchUp(name: string, stored: readonly StoredAlarm[]): void {
    const now = this.clock.now();
    const partition = this.partitions.get(name);
    if (!partition) return;
    this.announce(partition.catchUp(stored, now));
    this.publishSoon(name);
    this.around.onChange('soon');
  }

  /** The lease was lost or is handed over: another owner speaks for it now, and goes on with the delays that run. */
  disown(name: string): void {
    const partition = this.partitions.get(name);
    if (partition) this.save([partition]);
    this.partitions.delete(name);
    this.tables.get(name)?.cancel();
    this.tables.delete(name);
    this.around.onChange('soon');
  }

  /** How many alarms the audit has found to contradict their condition: anything but 0 is a fault of ours. */
  get inconsistencies(): number {
    return this.inconsistent;
  }

  /** The tags that are listened to from now on: what was heard of others says nothing of the plant any more. */
  hears(tags: ReadonlySet<TagId>): void {
    this.inputs.keepTags(tags);
  }

  /** What holds of these tags from now on. */
  present(changes: readonly PresentValue[]): void {
    const now = this.clock.now();
    const entries: JournalEntry[] = [];
    for (const value of changes) {
      this.inputs.present(value);
      for (const { alarmId, partition } of this.definitions.byTag.get(value.tagId) ?? [])
        entries.push(...(this.partitions.get(partition)?.judge(alarmId, now) ?? []));
    }
    this.announce(entries);
  }

  sourceHeard(sourceId: SourceId, heard: SourceHeard, at: Micros): void {
    this.stands(`source:${sourceId}:communication`, SAID_OF_SOURCE[heard], at);
  }

  stationStands(stationId: string, standing: StationStanding, at: Micros): void {
    this.stands(`station:${stationId}:communication`, stationSilent(standing), at);
    this.stands(`station:${stationId}:badQuality`, stationIsBad(standing), at);
  }

  /**
   * How something of the watching itself stands: `source:<id>:clockSkew`, `source:<id>:noFirstValue`,
   * `network:spoolFull`, `network:entrySetAside`. It may be said again at any time.
   */
  diagnostic(alarmId: string, says: Says, value: number, limit: number | null): void {
    const at = this.clock.now();
    this.level(alarmId, { says, at, receivedAt: at, clockSession: OUR_CLOCK, value, limit, subject: null });
  }

  /** A condition that scheduled work found, as it stands. */
  condition(partitionName: string, message: ConditionMessage): void {
    const { alarmId, active, value, limit, subject, order } = message;
    // What is configured here is judged here: no message may take its place.
    if (this.configured.has(alarmId)) return;
    const now = this.clock.now();
    // A broker may send again, and the teller's clock may have been set: his count tells what is news.
    if (!isNews(order, this.found.get(alarmId)?.order)) return;
    const definition = lossAlarm(partitionName, message);
    this.found.set(alarmId, { definition, order });
    this.inputs.level(alarmId, {
      says: active ? 'holds' : 'ended',
      at: message.at as Micros,
      receivedAt: now,
      clockSession: null,
      value,
      limit,
      subject,
    });
    const partition = this.partitions.get(partitionName);
    if (partition) this.announce(partition.judgeFound(definition, now));
  }

  /** Null when the partition is somebody else's. The same command again gets the same answer. */
  command(partitionName: string, command: AlarmCommand): Promise<AlarmCommandReply> | null {
    const partition = this.partitions.get(partitionName);
    return partition ? this.commands.answer(partition, command) : null;
  }

  tick(): void {
    const now = this.clock.now();
    for (const partition of this.partitions.values()) this.announce(partition.tick(now));
    if (this.around.time.monotonicMs() - this.auditedAtMs >= AUDIT_MS) this.audit(now);
    this.save(this.partitions.values());
  }

  journalled(events: readonly JournalledEvent[]): void {
    if (events.length === 0) return;
    this.around.tell(TOPIC.alarmJournalled, { entries: events });
    const ids = events.map((e) => e.eventId);
    for (const id of ids) this.confirmed.add(id);
    forgetOldest(this.confirmed, REMEMBERED_CONFIRMATIONS);
    for (const partition of this.partitions.values())
      if (partition.journalled(ids)) this.publishSoon(partition.name);
  }

  /** Publishes every table: the broker forgot them, or somebody asks. */
  publishAll(): void {
    for (const name of this.partitions.keys()) this.publishSoon(name);
  }

  snapshot(): { partition: string; epoch: number; states: StoredAlarm[] }[] {
    return [...this.partitions.values()].map((p) => ({
      partition: p.name,
      epoch: p.epoch,
      states: p.snapshot(),
    }));
  }

  /** Stores and publishes what is due and stops its timers. */
  stop(): void {
    this.save(this.partitions.values());
    for (const name of [...this.tables.keys()]) this.publish(name);
  }

  private define(partition: AlarmPartition, now: Micros, occasion: 'changed' | 'takenOver'): void {
    const mine = this.definitions.all.filter((d) => d.partition === partition.name);
    const entries = partition.define(mine, now, occasion);
    for (const { definition } of this.found.values())
      if (definition.partition === partition.name) entries.push(...partition.judgeFound(definition, now));
    this.announce(entries);
  }

  private stands(alarmId: string, says: Level['says'], at: Micros): void {
    const nothing = { value: null, limit: null, subject: null };
    this.level(alarmId, { says, at, receivedAt: at, clockSession: OUR_CLOCK, ...nothing });
  }

  private level(alarmId: string, level: Level): void {
    const now = this.clock.now();
    this.inputs.level(alarmId, level);
    for (const partition of this.partitions.values())
      if (partition.has(alarmId)) this.announce(partition.judge(alarmId, now));
  }

  /** A delay must neither end nor begin anew because somebody set our clock while it ran. */
  private clockWasSet(by: number): void {
    this.inputs.clockWasSet(by);
    for (const partition of this.partitions.values()) partition.clockWasSet(by);
  }

  private audit(now: Micros): void {
    this.auditedAtMs = this.around.time.monotonicMs();
    for (const partition of this.partitions.values()) {
      const { found, entries } = partition.audit(now);
      this.inconsistent += found.length;
      for (const { alarmId, fault } of found)
        this.around.log.error(`alarm ${alarmId} contradicted its condition (${fault}), judged again`);
      this.announce(entries);
    }
  }

  /** Delays that began or ended without an event go to the database, and into the copy on disk. */
  private save(partitions: Iterable<AlarmPartition>): void {
    this.announcer.save(() => {
      const states = [...partitions].flatMap((p) => p.takeUnsaved());
      if (states.length > 0) this.around.onChange('soon');
      return states;
    });
  }

  private announce(entries: readonly JournalEntry[]): Promise<Durable | null> {
    if (entries.length > 0) this.around.onChange('soon');
    return this.announcer.announce(entries);
  }

  private publishSoon(name: string): void {
    if (this.tables.has(name)) return;
    this.tables.set(
      name,
      this.around.time.after(TABLE_DELAY_MS, () => this.publish(name)),
    );
  }

  private publish(name: string): void {
    this.tables.get(name)?.cancel();
    this.tables.delete(name);
    const doubt = this.around.doubt();
    if (doubt) return void doubt.then(() => this.publishSoon(name));
    const partition = this.partitions.get(name);
    if (partition) this.around.tell(TOPIC.alarmTable(name), partition.table(this.clock.now()), 'retained');
  }
}

/** The oldest go first: a Set gives its keys in the order they came. */
function forgetOldest(kept: Set<string>, bound: number): void {
  for (const oldest of kept) {
    if (kept.size <= bound) return;
    kept.delete(oldest);
  }
}
