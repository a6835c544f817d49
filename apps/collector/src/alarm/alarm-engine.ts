import { reportedAlarm, type AlarmDefinition, type AlarmInput } from '@linepack/alarm';
import { TOPIC, type AlarmCommand, type AlarmCommandReply, type ConditionMessage } from '@linepack/contracts';
import type { Micros, SourceId } from '@linepack/network';
import type { JournalEntry, JournalledEvent, StoredAlarm } from '@linepack/store';
import type { PresentValue } from '@linepack/telemetry';
import type { Time, Timer } from '../time';
import type { Durable } from '../write/outbox';
import { AlarmPartition } from './alarm-partition';
import { NO_DEFINITIONS, type Definitions } from './definitions';

export interface AlarmSurroundings {
  readonly time: Time;
  readonly tell: (topic: string, message: unknown, keep?: 'retained') => void;
  /** Resolves when the entries are durable; rejects when they are not, and must then be given again. */
  readonly journal: (entries: readonly JournalEntry[]) => Promise<Durable>;
  readonly onChange: () => void;
  /** Null while what is owned is certain; otherwise resolves when it has been asked, and lost partitions disowned. */
  readonly doubt: () => Promise<void> | null;
}

const TABLE_DELAY_MS = 100;
const JOURNAL_RETRY_MS = 5_000;
const REMEMBERED_COMMANDS = 1_000;

/**
 * The alarm engine: feeds values, conditions, commands and time to the partitions it owns, and tells what happened: to
 * the bus at once, to the journal as soon as it can. What belongs to somebody else's partition is passed over.
 */
export class AlarmEngine {
  private readonly partitions = new Map<string, AlarmPartition>();
  private definitions: Definitions = NO_DEFINITIONS;
  /** The last word of the worker on each condition, for a partition that is taken over later. */
  private readonly conditions = new Map<string, { partition: string; message: ConditionMessage }>();
  private readonly commands = new Map<string, Promise<AlarmCommandReply>>();
  private readonly tables = new Map<string, Timer>();
  /** What is known of sources and stations, for the same reason. */
  private readonly links = new Map<string, { definition: AlarmDefinition; input: AlarmInput }>();

  constructor(private readonly around: AlarmSurroundings) {}

  configure(definitions: Definitions): void {
    this.definitions = definitions;
    for (const partition of this.partitions.values()) this.define(partition);
  }

  owns(partition: string): boolean {
    return this.partitions.has(partition);
  }

  /** Takes a partition over, with its alarms as stored and the entries of its own epoch that wait in the spool. */
  own(name: string, epoch: number, stored: readonly StoredAlarm[], waiting: readonly JournalEntry[]): void {
    const partition = new AlarmPartition(name, epoch, stored, waiting);
    this.partitions.set(name, partition);
    this.define(partition);
    for (const { partition: of, message } of this.conditions.values())
      if (of === name) this.feed(partition, message);
    for (const { definition, input } of this.links.values())
      if (definition.partition === name) this.input(definition, input);
    this.publishSoon(name);
    this.around.onChange();
  }

  /** The lease was lost: another owner speaks for it now. */
  disown(name: string): void {
    this.partitions.delete(name);
    this.tables.get(name)?.cancel();
    this.tables.delete(name);
    this.around.onChange();
  }

  /** What holds of these tags from now on. */
  present(changes: readonly PresentValue[]): void {
    const entries: JournalEntry[] = [];
    for (const { tagId, at, receivedAt, value, quality } of changes)
      for (const { alarmId, partition: of } of this.definitions.byTag.get(tagId) ?? []) {
        const input = { kind: 'value', at, value, quality } as const;
        const result = this.partitions.get(of)?.step(alarmId, input, receivedAt - at);
        if (result && 'entries' in result) entries.push(...result.entries);
      }
    void this.announce(entries);
  }

  sourceHeard(sourceId: SourceId, heard: 'connected' | 'lost', at: Micros): void {
    this.link(this.definitions.bySource.get(sourceId), heard, at);
  }

  stationHeard(stationId: string, heard: 'connected' | 'lost', at: Micros): void {
    this.link(this.definitions.byStation.get(stationId), heard, at);
  }

  condition(partitionName: string, message: ConditionMessage): void {
    this.conditions.set(message.alarmId, { partition: partitionName, message });
    const partition = this.partitions.get(partitionName);
    if (partition) this.feed(partition, message);
  }

  /** Null when the partition is somebody else's. The same command again gets the same answer. */
  command(partitionName: string, command: AlarmCommand): Promise<AlarmCommandReply> | null {
    const partition = this.partitions.get(partitionName);
    if (!partition) return null;
    const known = this.commands.get(command.commandId);
    if (known) return known;
    const reply = this.execute(partition, command);
    this.commands.set(command.commandId, reply);
    const oldest = this.commands.keys().next().value;
    if (this.commands.size > REMEMBERED_COMMANDS && oldest !== undefined) this.commands.delete(oldest);
    return reply;
  }

  tick(): void {
    const now = this.around.time.now();
    for (const partition of this.partitions.values()) void this.announce(partition.tick(now));
  }

  journalled(events: readonly JournalledEvent[]): void {
    if (events.length === 0) return;
    this.around.tell(TOPIC.alarmJournalled, { entries: events });
    const ids = events.map((e) => e.eventId);
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

  /** Publishes what is due and stops its timers. */
  stop(): void {
    for (const name of [...this.tables.keys()]) this.publish(name);
  }

  private define(partition: AlarmPartition): void {
    const mine = this.definitions.all.filter((d) => d.partition === partition.name);
    void this.announce(partition.define(mine, this.around.time.now()));
  }

  private link(definition: AlarmDefinition | undefined, heard: 'connected' | 'lost', at: Micros): void {
    if (!definition) return;
    const active = heard === 'lost';
    const input: AlarmInput = { kind: 'condition', at, active, value: null, limit: null, subject: null };
    this.links.set(definition.alarmId, { definition, input });
    this.input(definition, input);
  }

  private input(definition: AlarmDefinition, input: AlarmInput): void {
    const partition = this.partitions.get(definition.partition);
    if (!partition?.has(definition.alarmId)) return;
    const result = partition.step(definition.alarmId, input);
    if ('entries' in result) void this.announce(result.entries);
  }

  private feed(partition: AlarmPartition, message: ConditionMessage): void {
    const { alarmId, active, value, limit, subject } = message;
    // An alarm that never was needs no return.
    if (!active && !partition.has(alarmId)) return;
    partition.defineOne(reportedAlarm(partition.name, message));
    const input: AlarmInput = { kind: 'condition', at: message.at as Micros, active, value, limit, subject };
    const result = partition.step(alarmId, input);
    if ('entries' in result) void this.announce(result.entries);
  }

  private async execute(partition: AlarmPartition, command: AlarmCommand): Promise<AlarmCommandReply> {
    const { commandId, alarmId, kind, occurrence, position, actor, comment } = command;
    const refused = (code: Extract<AlarmCommandReply, { ok: false }>['code'], detail: string) =>
      ({ commandId, ok: false, code, detail }) as const;
    const at = this.around.time.now();
    if (at > command.deadline) return refused('expired', 'it came after the time its sender waits for');
    if (!partition.has(alarmId)) return refused('unknownAlarm', `${alarmId}: no such alarm`);
    const result = partition.step(alarmId, { kind, at, occurrence, position, actor, comment });
    if (!('entries' in result))
      return refused(
        result.fault === 'otherOccurrence' ? 'otherOccurrence' : 'nothingToAcknowledge',
        result.detail,
      );
    const durable = await this.announce(result.entries);
    if (this.partitions.get(partition.name) !== partition)
      return refused('notDurable', 'another collector has taken the partition over');
    if (durable === null)
      return refused('notDurable', 'neither the database nor the spool took it; it is tried again');
    return { commandId, ok: true, durable, alarm: result.alarm };
  }

  /** To the bus at once, then to the journal. @returns null when it is not durable yet; it is then tried again */
  private async announce(steps: readonly JournalEntry[]): Promise<Durable | null> {
    if (steps.length === 0) return null;
    const doubt = this.around.doubt();
    if (doubt) await doubt;
    // What another collector has taken over meanwhile is his to say.
    const entries = steps.filter((e) => this.partitions.get(e.event.partition)?.epoch === e.ownerEpoch);
    if (entries.length === 0) return null;
    for (const { event } of entries) {
      this.around.tell(TOPIC.alarmEvent(event.partition), { event });
      this.publishSoon(event.partition);
    }
    this.around.onChange();
    return this.journal(entries);
  }

  private async journal(entries: readonly JournalEntry[]): Promise<Durable | null> {
    try {
      return await this.around.journal(entries);
    } catch {
      // The outbox has said why; the events are not given up while this process lives.
      this.around.time.after(JOURNAL_RETRY_MS, () => void this.journal(entries));
      return null;
    }
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
    if (partition)
      this.around.tell(TOPIC.alarmTable(name), partition.table(this.around.time.now()), 'retained');
  }
}
