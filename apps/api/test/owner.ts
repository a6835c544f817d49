import { randomUUID } from 'node:crypto';
import { TOPIC, type Alarm, type AlarmEvent, type LiveSample } from '@linepack/contracts';
import { AlarmRepository, type JournalEntry } from '@linepack/store';
import { connect, type MqttClient } from 'mqtt';
import { alarmOf, T0 } from './alarm-words';
import type { World } from './world';

const ALARMS_A_STATION = 20;
/** Batches that may wait for the journal before a turn waits for it. */
const MOST_WAITING = 3;

/**
 * Stands for a collector that owns every station, and says things as one does: events at QoS 1, told again after a cut;
 * tables retained, and again on every connection; the journal behind the events; live values that are kept for nobody,
 * and said again when somebody asks.
 */
export class Owner {
  /** Every transition ever told, by its event's id: the station it belongs to. */
  readonly told = new Map<string, string>();
  readonly alarms = new Map<string, Alarm>();
  readonly values = new Map<number, LiveSample>();
  private readonly stationOf = new Map<number, string>();
  private readonly client: MqttClient;
  private readonly journal: AlarmRepository;
  private writing: Promise<void> = Promise.resolve();
  private waiting = 0;
  private readonly unjournalled = new Map<string, string>();
  private clock = T0;

  constructor(
    world: World,
    busUrl: string,
    private readonly random: () => number,
  ) {
    this.journal = new AlarmRepository(world.pool);
    for (const station of world.network.file.stations) {
      for (let i = 0; i < ALARMS_A_STATION; i += 1) {
        const alarmId = `tag:${station.id}.pt-1:${i}`;
        this.alarms.set(alarmId, { ...alarmOf(world, station.id), alarmId, ...NORMAL, occurrence: 0 });
      }
      for (const tag of world.network.tags.filter(({ stationId }) => stationId === station.id)) {
        this.stationOf.set(tag.tagId, station.id);
        this.values.set(tag.tagId, [tag.tagId, T0, 0, 0, T0]);
      }
    }
    this.client = connect(busUrl, { reconnectPeriod: 50, resubscribe: false, queueQoSZero: false });
    this.client.on('error', () => undefined);
    this.client.on('connect', () => {
      this.client.subscribe(TOPIC.liveAsked, { qos: 1 });
      for (const station of this.stations) this.sayTable(station);
      this.sayAllValues();
    });
    this.client.on('message', () => this.sayAllValues());
  }

  get stations(): string[] {
    return [...new Set(this.stationOf.values())];
  }

  /** What a person at a position has to see: the alarms that are not normal. */
  open(): Alarm[] {
    return [...this.alarms.values()].filter(({ letter }) => letter !== 'A');
  }

  /** Some transitions and some changed values, at once on the bus and soon in the journal. */
  async turn(transitions: number, changes: number): Promise<void> {
    const ids = [...this.alarms.keys()];
    const entries: JournalEntry[] = [];
    for (let i = 0; i < transitions; i += 1) entries.push(this.step(ids[this.pick(ids.length)] as string));
    for (const { event } of entries) {
      this.told.set(event.eventId, event.partition);
      this.unjournalled.set(event.eventId, event.alarmId);
      this.tell(TOPIC.alarmEvent(event.partition), { event, epoch: 1 });
    }
    for (const station of new Set(entries.map(({ event }) => event.partition))) this.sayTable(station);
    const tags = [...this.values.keys()];
    for (let i = 0; i < changes; i += 1) {
      const tagId = tags[this.pick(tags.length)] as number;
      this.clock += 1;
      // Source times go where they like.
      this.values.set(tagId, [tagId, T0 + this.pick(1_000), 0, this.clock - T0, this.clock]);
      this.sayValues([tagId]);
    }
    this.writeDown(entries);
    if (this.waiting >= MOST_WAITING) await this.writing;
  }

  /** Resolves when everything told is in the journal, and the bus has taken all of it. */
  async settle(): Promise<void> {
    await this.writing;
    await this.client.publishAsync('linepack/test/settled', '', { qos: 1 });
  }

  async end(): Promise<void> {
    await this.writing;
    await this.client.endAsync(true);
  }

  private pick(n: number): number {
    return Math.floor(this.random() * n);
  }

  private step(alarmId: string): JournalEntry {
    const before = this.alarms.get(alarmId) as Alarm;
    const [kind, change] =
      before.letter === 'A'
        ? (['raised', { ...RAISED, occurrence: before.occurrence + 1 }] as const)
        : before.letter === 'B' && this.random() < 0.5
          ? (['acknowledged', { acknowledged: true, letter: 'C' }] as const)
          : (['returned', NORMAL] as const);
    const state: Alarm = { ...before, ...change };
    this.alarms.set(alarmId, state);
    const event: AlarmEvent = {
      eventId: randomUUID(),
      seq: null,
      at: T0,
      alarmId,
      partition: state.partition,
      occurrence: state.occurrence,
      kind,
      position: null,
      actor: null,
      comment: null,
      value: null,
      limit: null,
      quality: 0,
      state,
    };
    return { event, pendingSince: null, pendingReceivedAt: null, pendingKind: null, ownerEpoch: 1 };
  }

  private writeDown(entries: readonly JournalEntry[]): void {
    this.waiting += 1;
    this.writing = this.writing.then(async () => {
      const journalled = await this.journal.append(entries);
      for (const { eventId } of journalled) this.unjournalled.delete(eventId);
      this.tell(TOPIC.alarmJournalled, { entries: journalled });
      this.waiting -= 1;
    });
  }

  private sayTable(partition: string): void {
    const alarms = this.open().filter((alarm) => alarm.partition === partition);
    const unjournalled = [...new Set(this.unjournalled.values())];
    this.tell(TOPIC.alarmTable(partition), { partition, at: T0, epoch: 1, alarms, unjournalled }, true);
  }

  private sayAllValues(): void {
    this.sayValues([...this.values.keys()]);
  }

  private sayValues(tagIds: readonly number[]): void {
    for (const [stationId, ids] of Object.entries(this.byStation(tagIds))) {
      const samples = ids.map((id) => this.values.get(id));
      if (this.client.connected)
        this.client.publish(TOPIC.live(stationId), JSON.stringify({ stationId, at: T0, epoch: 1, samples }), {
          qos: 0,
        });
    }
  }

  private byStation(tagIds: readonly number[]): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    for (const id of tagIds) (found[this.stationOf.get(id) as string] ??= []).push(id);
    return found;
  }

  private tell(topic: string, message: unknown, retain = false): void {
    this.client.publish(topic, JSON.stringify(message), { qos: 1, retain }, () => undefined);
  }
}

const NOTED = { by: 'anna', at: T0, comment: '' };
const NORMAL = {
  active: false,
  acknowledged: true,
  letter: 'A',
  noted: { station: NOTED, dispatch: NOTED },
} as const;
const RAISED = {
  active: true,
  acknowledged: false,
  letter: 'B',
  noted: { station: null, dispatch: null },
} as const;
