import {
  TOPIC,
  type AlarmCommand,
  type AlarmCommandReply,
  type AlarmTableMessage,
  type ConditionMessage,
  type Position,
} from '@linepack/contracts';
import type { AlarmLimits, SourceId, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { qualityOf, type Origin } from '@linepack/telemetry';
import { CAPABILITIES } from '../../src/acquisition/capabilities';
import type { SourceSink } from '../../src/acquisition/source';
import { AlarmEngine } from '../../src/alarm/alarm-engine';
import type { Unwritten } from '../../src/alarm/unwritten';
import { definitionsOf } from '../../src/alarm/definitions';
import {
  sameSignals,
  type CollectorConfiguration,
  type CollectorTag,
} from '../../src/configuration/collector-configuration';
import { Rate } from '../../src/health/rate';
import { LivePublisher } from '../../src/live/live-publisher';
import type { Log } from '../../src/log';
import { MeasurementFlow } from '../../src/measurement-flow';
import type { Durable } from '../../src/write/outbox';
import { ManualTime } from '../manual-time';

export const START = 1_750_000_000_000_000;
export const us = (second: number): never => (START + second * 1e6) as never;
/** OPC 10000-4, table 186. */
const BAD_NODE_ID_UNKNOWN = 0x80340000;
const name = { zh: '甲站', en: 'A' };

export interface PlantTag {
  readonly id: number;
  readonly station: string;
  readonly source: string;
  readonly limits?: Partial<AlarmLimits>;
  readonly maxReportS?: number;
  /** Its value is this many times what its source says. */
  readonly factor?: number;
}

const tagOf = ({ id, station, source, limits, maxReportS = 60, factor = 1 }: PlantTag): CollectorTag => ({
  tagId: id as TagId,
  key: `${station}.t${id}` as TagKey,
  stationId: station as StationId,
  sourceId: source as SourceId,
  config: {
    name,
    unit: 'MPa',
    scale: { factor, offset: 0 },
    deadband: 0,
    maxReportS,
    limits: { H: 4, deadband: 0.1, onDelayS: 0, offDelayS: 0, ...limits },
  } as TagConfig,
});

export function configurationOf(tags: readonly PlantTag[], kind: 'opcua' | 'mqtt'): CollectorConfiguration {
  const stations = [...new Set(tags.map((t) => t.station))];
  const sources = [...new Set(tags.map((t) => t.source))];
  return {
    stations: stations.map((id) => ({ id, name })),
    sources: sources.map((id) => ({ id, name, kind })),
    tags: tags.map(tagOf),
  } as unknown as CollectorConfiguration;
}

/**
 * A collector's way from its sources to its alarms, without wires and disks: told second by second what the plant says.
 * The journal takes everything, at once or when it is let.
 */
export class AlarmPlant {
  readonly time = new ManualTime(START);
  readonly journal: JournalEntry[] = [];
  readonly states: StoredAlarm[] = [];
  readonly told: { topic: string; message: unknown; keep?: 'retained' | undefined }[] = [];
  /** How often there was something new for the copy on disk. */
  changes = 0;
  readonly errors: string[] = [];
  readonly engine: AlarmEngine;
  readonly flow: MeasurementFlow;
  doubt: Promise<void> | null = null;
  /** Set to hold the journal back. */
  durable: Promise<Durable> = Promise.resolve('journal');
  private readonly sinks = new Map<string, SourceSink>();
  /** What was taken into the copy on disk at once. */
  readonly kept: ReturnType<AlarmEngine['snapshot']>[] = [];
  private lossOrder = 0;
  private readonly stations: readonly string[];

  constructor(
    readonly kind: 'opcua' | 'mqtt',
    private tags: readonly PlantTag[],
    owned: 'owned' | 'not owned' = 'owned',
  ) {
    this.engine = new AlarmEngine({
      time: this.time,
      tell: (topic, message, keep) => void this.told.push({ topic, message, keep }),
      journal: (entries) => {
        this.journal.push(...entries);
        return this.durable;
      },
      states: (states) => void this.states.push(...states),
      onChange: (when) => {
        this.changes += 1;
        if (when === 'now') this.kept.push(this.engine.snapshot());
      },
      doubt: () => this.doubt,
      log: { error: (text: string) => void this.errors.push(text) } as unknown as Log,
    });
    this.flow = new MeasurementFlow({
      engine: this.engine,
      outbox: { put: () => Promise.resolve('journal' as const), spoolIsFull: false },
      live: new LivePublisher(
        () => 1,
        () => undefined,
        this.time,
      ),
      rate: new Rate(1_000, this.time),
      time: this.time,
    });
    this.stations = [...new Set(tags.map((t) => t.station)), 'network'];
    this.configure(tags);
    if (owned === 'owned') this.own();
    this.time.every(5_000, () => this.flow.keepUp());
    this.time.every(500, () => this.engine.tick());
    for (const { source } of tags)
      this.sinks.set(source, this.flow.sinkOf(source as SourceId, CAPABILITIES[kind]));
  }

  configure(tags: readonly PlantTag[]): void {
    const before = configurationOf(this.tags, this.kind).tags;
    this.tags = tags;
    const configuration = configurationOf(tags, this.kind);
    this.engine.hears(sameSignals(before, configuration.tags));
    this.engine.configure(definitionsOf(configuration));
    this.flow.configure(configuration.tags);
    this.listen(tags.map((t) => t.id));
  }

  /** Other tags are another collector's now. */
  listen(ids: readonly number[]): void {
    const tags = configurationOf(this.tags, this.kind).tags.filter((t) => ids.includes(t.tagId));
    this.flow.configure(tags);
    this.engine.hears(new Set(tags.map((t) => t.tagId)));
  }

  own(epoch = 1, stored: readonly StoredAlarm[] = [], unwritten: readonly Unwritten[] = []): void {
    const of = (partition: string) => (entry: Unwritten) =>
      ('event' in entry ? entry.event : entry.alarm).partition === partition;
    for (const station of this.stations)
      this.engine.own(station, epoch, stored.filter(of(station)), unwritten.filter(of(station)));
  }

  connect(second: number, source = this.tags[0]?.source as string): void {
    this.time.to(second);
    this.sinks.get(source)?.connected();
  }
  lose(second: number, source = this.tags[0]?.source as string): void {
    this.time.to(second);
    this.sinks.get(source)?.lost('gone');
  }

  /** A value at a second of our clock, stamped by its device `stamp` seconds after the start. */
  hear(
    second: number,
    id: number,
    value: number | null,
    more: { stamp?: number | null; quality?: number; origin?: Origin } = {},
  ): void {
    this.time.to(second);
    const tag = this.tags.find((t) => t.id === id) as PlantTag;
    const { stamp = second, quality = 0, origin = 'change' } = more;
    const received = {
      tagId: id as TagId,
      value,
      quality: qualityOf(quality),
      ts: stamp === null ? null : us(stamp),
      origin,
      clock: this.kind === 'opcua' ? tag.source : `${tag.source} ${tag.station}`,
    };
    this.sinks
      .get(tag.source)
      ?.values([received], 0)
      .durably.catch(() => undefined);
  }

  /** A node that its server does not know. */
  refuse(second: number, id: number): void {
    this.hear(second, id, null, { stamp: null, quality: BAD_NODE_ID_UNKNOWN });
  }

  /** @param more what its teller stamped and counted; default now, and one more than before */
  condition(
    second: number,
    active: boolean,
    subject: string,
    { at = second, order = this.lossOrder + 1 }: { at?: number; order?: number } = {},
  ): void {
    this.time.to(second);
    this.lossOrder = order;
    const message: ConditionMessage = {
      alarmId: 'area:city:loss',
      areaId: 'city',
      stationId: null,
      class: 'loss',
      condition: 'loss',
      priority: 2,
      name,
      active,
      at: us(at),
      value: 1.4,
      limit: 1,
      unit: '%',
      subject,
      order,
    };
    this.engine.condition('network', message);
  }

  acknowledge(
    alarmId: string,
    occurrence: number,
    position: Position = 'station',
    more: { id?: string; patienceS?: number } = {},
  ): Promise<AlarmCommandReply> | null {
    const now = this.time.now();
    const command: AlarmCommand = {
      commandId: more.id ?? `${alarmId} ${occurrence} ${position} ${now}`,
      replyTo: 'linepack/reply/test',
      at: now,
      deadline: now + (more.patienceS ?? 4) * 1e6,
      kind: 'acknowledge',
      alarmId,
      occurrence,
      position,
      actor: 'li',
      comment: '',
    };
    return this.engine.command(this.partitionOf(alarmId), command);
  }

  /** What the journal says, in order: kind, occurrence and the second it stands at. */
  events(alarmId?: string): string[] {
    return this.journal
      .filter(({ event }) => alarmId === undefined || event.alarmId === alarmId)
      .map(({ event }) => {
        const at = Math.round((event.at - START) / 1e3) / 1e3;
        const of = alarmId === undefined ? `${event.alarmId} ` : '';
        return `${of}${event.kind} ${event.occurrence} @${at}`;
      });
  }

  /** The journal has all there is. */
  confirm(): void {
    this.engine.journalled(
      this.journal.map(({ event: { eventId, alarmId } }, i) => ({ eventId, alarmId, seq: i + 1 })),
    );
  }

  /** The alarms of the newest table of a partition with their letters. */
  table(partition: string): string[] {
    this.engine.publishAll();
    this.time.to(this.time.monotonicMs() / 1_000 + 0.2);
    const last = this.told.findLast((t) => t.topic === TOPIC.alarmTable(partition))?.message;
    const { alarms, unjournalled } = last as AlarmTableMessage;
    return alarms.map(
      (a) => `${a.alarmId} ${a.letter}${unjournalled.includes(a.alarmId) ? ' unjournalled' : ''}`,
    );
  }

  /** Every alarm as it would be stored now. */
  stored(): StoredAlarm[] {
    return this.engine.snapshot().flatMap((p) => p.states);
  }

  private partitionOf(alarmId: string): string {
    const known = this.journal.find(({ event }) => event.alarmId === alarmId);
    return known?.event.partition ?? (this.stations[0] as string);
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
