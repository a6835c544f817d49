import type { LiveSample } from '@linepack/contracts';
import type { SourceId, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { SHIFTED_QUALITY_BITS, placeSamples, type Occupied } from '@linepack/store';
import { QUALITY, qualityOf, type Origin, type PresentValue, type Sample } from '@linepack/telemetry';
import { CAPABILITIES } from '../src/acquisition/capabilities';
import type { Received, SourceSink } from '../src/acquisition/source';
import type { CollectorTag } from '../src/configuration/collector-configuration';
import { Rate } from '../src/health/rate';
import { LivePublisher } from '../src/live/live-publisher';
import { MeasurementFlow, type FlowParts } from '../src/measurement-flow';
import type { Entry } from '../src/write/entry';
import { ManualTime } from './manual-time';

export const START = 1_750_000_000_000_000;
const NAMES = new Map<number, string>([
  [QUALITY.Good, 'good'],
  [QUALITY.Uncertain, 'uncertain'],
  [QUALITY.BadNoCommunication, 'gone'],
]);
const shown = (value: number | null, quality: number): string =>
  `${value ?? 'none'} ${NAMES.get(quality) ?? 'bad'}`;

export const tagOf = (tagId: number, stationId: string, sourceId: string, maxReportS = 60): CollectorTag => ({
  tagId: tagId as TagId,
  key: `${stationId}.t${tagId}` as TagKey,
  stationId: stationId as StationId,
  sourceId: sourceId as SourceId,
  config: { scale: { factor: 1, offset: 0 }, deadband: 0, maxReportS } as TagConfig,
});

/** The way of a measurement with a plant that is told second by second; a database that takes what it is given. */
export class PlantLine {
  readonly time = new ManualTime(START);
  readonly rows: [tagId: number, second: number, value: number | null, quality: number][] = [];
  /** What the database makes of the rows. */
  readonly database: Occupied = new Map();
  readonly alarmed: PresentValue[] = [];
  readonly wire: LiveSample[] = [];
  readonly links: string[] = [];
  readonly flow: MeasurementFlow;
  /** Set to make the database (and the spool) refuse. */
  refuse: Error | null = null;
  private readonly sinks = new Map<string, SourceSink>();

  constructor(
    readonly kind: 'opcua' | 'mqtt',
    readonly tags: readonly CollectorTag[],
  ) {
    const live = new LivePublisher(
      () => 1,
      (_topic, { samples }) => void this.wire.push(...samples),
      this.time,
    );
    this.flow = new MeasurementFlow({
      engine: {
        present: (values) => void this.alarmed.push(...values),
        sourceHeard: (id, heard) => void this.links.push(`${id} ${heard}`),
        stationStands: (id, standing) => void this.links.push(`${id} ${standing}`),
      },
      outbox: this.outbox(),
      live,
      rate: new Rate(1_000, this.time),
      time: this.time,
    });
    this.flow.configure(tags);
    this.time.every(500, () => this.flow.tick());
    this.time.every(5_000, () => this.flow.keepUp());
    for (const { sourceId } of tags)
      if (!this.sinks.has(sourceId)) this.sinks.set(sourceId, this.flow.sinkOf(sourceId, CAPABILITIES[kind]));
  }

  sink(sourceId = this.tags[0]?.sourceId as string): SourceSink {
    return this.sinks.get(sourceId) as SourceSink;
  }

  /** A value of a tag at a second of our clock, with its stamp in seconds. */
  hear(
    second: number,
    tagId: number,
    value: number | null,
    stamp: number | null,
    more: { origin?: Origin; quality?: number; qos?: 0 | 1 } = {},
  ): Promise<unknown> {
    this.time.to(second);
    const tag = this.tags.find((t) => t.tagId === tagId) as CollectorTag;
    const received: Received = {
      tagId: tag.tagId,
      value,
      quality: qualityOf(more.quality ?? 0),
      ts: stamp === null ? null : ((START + stamp * 1e6) as never),
      origin: more.origin ?? 'change',
      clock: `${tag.sourceId} ${this.kind === 'opcua' ? tagId : tag.stationId}`,
    };
    const comesAgain = this.kind === 'mqtt' && more.qos !== 0;
    const { durably } = this.sink(tag.sourceId).values([received], 0, comesAgain);
    durably.catch(() => undefined);
    return durably;
  }

  stored(tagId = 1): string[] {
    return this.rows
      .filter(([id]) => id === tagId)
      .map(([, second, value, quality]) => `${shown(value, quality)} @${second}`);
  }
  /** What the newest stored sample of a tag says. */
  newest(tagId = 1): string {
    this.time.to(this.time.monotonicMs() / 1_000 + 3);
    const rows = [...(this.database.get(tagId as TagId)?.values() ?? [])];
    const { value, quality } = rows.reduce((a, b) => (b.ts > a.ts ? b : a));
    return shown(value, quality & ~SHIFTED_QUALITY_BITS);
  }
  /** What the screen shows of a tag: the word heard last. */
  onScreen(tagId = 1): { text: string; heardAt: number } {
    this.time.to(this.time.monotonicMs() / 1_000 + 0.02);
    const last = this.wire.filter(([id]) => id === tagId).reduce((a, b) => (b[4] >= a[4] ? b : a));
    return { text: shown(last[3], last[2]), heardAt: (last[4] - START) / 1e6 };
  }
  present(tagId = 1): string {
    const last = this.alarmed.filter((v) => v.tagId === tagId).at(-1);
    return last ? shown(last.value, last.quality) : 'nothing';
  }

  private outbox(): FlowParts['outbox'] {
    const isFull = (): boolean => this.refuse !== null;
    return {
      put: (entry) => this.put(entry),
      get spoolIsFull() {
        return isFull();
      },
    };
  }

  private put(entry: Entry): Promise<'journal'> {
    if (this.refuse) return Promise.reject(this.refuse);
    if (entry.kind !== 'samples') return Promise.resolve('journal');
    const samples = entry.samples.map(([tagId, ts, quality, value]) => ({ tagId, ts, quality, value }));
    placeSamples(samples as Sample[], this.database);
    for (const [tagId, ts, quality, value] of entry.samples)
      this.rows.push([tagId, Math.round((ts - START) / 1e3) / 1e3, value, quality]);
    return Promise.resolve('journal');
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
