import type { TagId } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import type { ClientSubscription, DataValue, OPCUACertificateManager } from 'node-opcua';
import type { Log } from '../../log';
import type { Time, Timer } from '../../time';
import { PATIENCE_MS } from '../../write/outbox';
import type { ConnectionState } from '../connection-state';
import { named } from '../named';
import type { Attempt } from '../reconnection';
import type { Received, SourceSink } from '../source';
import { Client, keepAliveCount, type OpcUaConfig } from './client';
import { isHistorical, valueOf } from './data-value';
import { FirstValues } from './first-values';
import { itemsPerCall, MonitoredTags, type MonitoringListener, type NodeTag } from './monitored-tags';

/** Publishing intervals, and at least this long, that a first value may take. */
const FIRST_VALUE_INTERVALS = 3;
const FIRST_VALUE_MS_MIN = 3_000;
/** Missed keep-alives, and at least this long, after which a connection that says it is there is taken for dead. */
const SILENT_KEEP_ALIVES = 3;
const SILENCE_MS_MIN = 3_000;
const SILENCE_TICKS = 4;
/** What the server refused is asked for again this often: nodes may come after the server is up. */
const ASK_AGAIN_MS = 60_000;

export interface OpcUaConnectionParts {
  readonly config: OpcUaConfig;
  readonly state: ConnectionState;
  readonly sink: SourceSink;
  readonly certificates: OPCUACertificateManager;
  readonly time: Time;
  readonly log: Log;
}

/**
 * One client with one session and one subscription. It is there when the first value came, and not when it is connected:
 * a server that answers keep-alives and never sends a value is not. A watchdog ends it when it hears neither values nor
 * keep-alives, whatever the connection says of itself.
 */
export class OpcUaConnection implements Attempt {
  delivered = false;
  end: (reason: string) => void = () => undefined;
  private readonly ended = new Promise<string>((resolve) => (this.end = resolve));
  private readonly firstValues = new FirstValues(FIRST_VALUE_INTERVALS);
  /** It was told that some first values may still be on their way. */
  private isUndecided = false;
  private readonly timers: Timer[] = [];
  private monitored: MonitoredTags | null = null;
  private waiting: Received[] = [];
  private hasNews = false;
  private flushing = false;
  private silentTicks = 0;
  private said: string | null | undefined;
  private readonly refusedAs = new Map<TagId, number>();

  constructor(
    private readonly parts: OpcUaConnectionParts,
    private tags: readonly NodeTag[],
  ) {}

  async run(): Promise<string> {
    const { config, certificates, time } = this.parts;
    const client = new Client(config, certificates, time);
    client.opcua.on('connection_lost', () => this.end('connection lost'));
    client.opcua.on('close', (error?: Error | null) => this.end(error?.message ?? 'connection closed'));
    try {
      // The server may go away, or the source be stopped, while the attempt is still opening.
      return await Promise.race([this.open(client).then(() => this.ended), this.ended]);
    } finally {
      this.timers.forEach((timer) => timer.cancel());
      await client.close();
    }
  }

  watch(tags: readonly NodeTag[]): void {
    this.tags = tags;
    this.agree(() => this.monitored?.watch(tags));
  }

  private async open(client: Client): Promise<void> {
    const { config, time } = this.parts;
    await client.connect();
    const session = await client.createSession();
    const count = keepAliveCount(config);
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: config.publishingIntervalMs,
      requestedMaxKeepAliveCount: count,
      requestedLifetimeCount: count * 12,
      maxNotificationsPerPublish: 5_000,
      publishingEnabled: true,
      priority: 0,
    });
    subscription.on('terminated', () => this.end('the server ended the subscription'));
    subscription.on('status_changed', (status) => this.end(`subscription: ${status.name}`));
    for (const event of ['keepalive', 'received_notifications'] as const)
      subscription.on(event, () => this.heard());
    this.watchForSilence(subscription);
    this.watchForFirstValues(subscription);
    const size = await itemsPerCall(session);
    this.monitored = new MonitoredTags(subscription, size, config.publishingIntervalMs, this.listener);
    await this.monitored.watch(this.tags);
    this.report();
    this.timers.push(time.every(ASK_AGAIN_MS, () => this.agree(() => this.monitored?.askAgain())));
  }

  private agree(work: () => Promise<void> | undefined): void {
    work()?.then(
      () => this.report(),
      (error: Error) => this.end(error.message),
    );
  }

  private readonly listener: MonitoringListener = {
    created: (tagIds) => {
      this.firstValues.asked(tagIds);
      tagIds.forEach((id) => this.refusedAs.delete(id));
    },
    value: (tagId, data) => this.add(this.received(tagId, data)),
    refused: ({ tagId }, quality) => {
      if (this.refusedAs.get(tagId) === quality) return;
      this.refusedAs.set(tagId, quality);
      this.add(this.withoutValue(tagId, quality));
    },
    left: (tagId) => {
      this.firstValues.left(tagId);
      this.refusedAs.delete(tagId);
    },
  };

  private received(tagId: TagId, data: DataValue): Received {
    this.delivered = true;
    const value = valueOf(data);
    const came = this.firstValues.came(tagId);
    if (came === 'overdue first' || (this.isUndecided && this.firstValues.decided)) this.report();
    const live = came === 'later' ? 'change' : 'first';
    const origin = isHistorical(value.quality) ? 'historical' : live;
    return { tagId, ...value, origin, clock: this.clockOf(tagId) };
  }

  private withoutValue(tagId: TagId, quality: Received['quality']): Received {
    return { tagId, quality, value: null, ts: null, origin: 'first', clock: this.clockOf(tagId) };
  }

  /** A server passes on the stamps of the devices behind it, and does not say which tags share one. */
  private clockOf(tagId: TagId): string {
    return `${this.parts.config.id} ${tagId}`;
  }

  private heard(): void {
    this.silentTicks = 0;
    this.hasNews = true;
    this.parts.state.heard();
    this.flushSoon();
  }

  private add(value: Received): void {
    this.waiting.push(value);
    this.flushSoon();
  }

  /** What one notification brings goes on together. */
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    const { state, sink, time } = this.parts;
    // Told before the first values, so that they follow what was said of the source's absence.
    if (this.delivered && !this.isThere()) {
      state.connected();
      this.report();
    }
    if (!this.isThere()) return;
    const batch = this.waiting;
    this.waiting = [];
    // A sample refused by a full spool is counted and said by the outbox; a subscription has no way to ask again.
    if (batch.length > 0) sink.values(batch, PATIENCE_MS.samples).durably.catch(() => undefined);
    if (this.hasNews) sink.heard(time.now(), this.firstValues.complete ? 'all' : this.firstValues.known);
    this.hasNews = false;
  }

  private isThere(): boolean {
    return this.parts.state.state.state === 'connected';
  }

  private watchForSilence({ publishingInterval, maxKeepAliveCount }: ClientSubscription): void {
    const { time } = this.parts;
    const limitMs = Math.max(publishingInterval * maxKeepAliveCount * SILENT_KEEP_ALIVES, SILENCE_MS_MIN);
    // Counted in ticks: a process that stood still hears first what came meanwhile.
    const tick = (): void => {
      this.silentTicks += 1;
      if (this.silentTicks > SILENCE_TICKS)
        this.end(`neither a value nor a keep-alive for ${Math.round(limitMs)} ms`);
    };
    this.timers.push(time.every(limitMs / SILENCE_TICKS, tick));
  }

  private watchForFirstValues({ publishingInterval }: ClientSubscription): void {
    const tickMs = Math.max(publishingInterval, FIRST_VALUE_MS_MIN / FIRST_VALUE_INTERVALS);
    const tick = (): void => {
      const late = this.firstValues.tick();
      if (late.length === 0) return;
      if (this.firstValues.hopeless)
        return this.end(`the server answers, but sent no value of any of ${late.length} tags`);
      late.forEach((id) => this.add(this.withoutValue(id, QUALITY.BadWaitingForInitialData)));
      this.report();
    };
    this.timers.push(this.parts.time.every(tickMs, tick));
  }

  /** What cannot be read of what was asked for, in the source's state; in the log once. */
  private report(): void {
    const { state, log, config } = this.parts;
    const { monitored } = this;
    if (!monitored) return;
    const refused = monitored.refusals.map(({ tag, refusal }) => `${tag.node} ${refusal.name}`);
    const nodeOf = new Map(this.tags.map(({ tagId, node }) => [tagId, node]));
    const missing = this.firstValues.missing.map((id) => nodeOf.get(id) ?? String(id));
    // With nothing to wait for, that the server answered is all that can be known of it.
    if (monitored.monitored === 0) state.connected();
    const error =
      [named('not monitored', refused), named('no first value', missing)].filter(Boolean).join('; ') || null;
    this.isUndecided = !this.firstValues.decided;
    state.monitoring({
      monitored: monitored.monitored,
      rejected: refused.length,
      withoutFirstValue: this.isUndecided ? undefined : missing.length,
      error,
    });
    this.flushSoon();
    if (error === this.said) return;
    if (error !== null) log.warn(`source ${config.id}: ${error}`);
    else log.info(`source ${config.id}: ${monitored.monitored} tags`);
    this.said = error;
  }
}
