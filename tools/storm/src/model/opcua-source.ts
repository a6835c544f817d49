import type { Micros, SourceId, TagId } from '@linepack/network';
import { qualityOf } from '@linepack/telemetry';
import { ConnectionState } from '../../../../apps/collector/src/acquisition/connection-state';
import type {
  AddressedTag,
  PlantSource,
  Received,
  SourceSink,
} from '../../../../apps/collector/src/acquisition/source';
import type { Timer } from '../../../../apps/collector/src/time';
import type { SimulatedProcess } from '../kernel/process';
import { Line, type Route } from './line';
import type { NodeValue, OpcUaServer, Subscription } from './opcua-server';

const BACKOFF_MS = [1_000, 2_000, 3_000];
const KEEP_ALIVE_COUNT = 5;
const BAD_NODE_ID_UNKNOWN = qualityOf(0x80340000);
/** Publishing intervals within which each item has its first value. */
const FIRST_WITHIN = 3;
const BAD_WAITING = qualityOf(0x80320000);
const PATIENCE_MS = 1_000;

export interface OpcUaSourceOptions {
  readonly id: SourceId;
  readonly process: SimulatedProcess;
  readonly server: OpcUaServer;
  readonly route: Route;
  readonly sink: SourceSink;
  readonly publishingIntervalMs: number;
}

interface Connection {
  readonly line: Line;
  readonly subscription: Subscription;
  readonly nodeOf: Map<string, TagId>;
  readonly told: Set<TagId>;
  waitingSince: Map<TagId, number>;
  keepAliveIn: number;
  heardMs: number;
  watchdog: Timer | null;
}

/** What the collector's OPC UA source does towards its sink, on a model of the server. */
export class OpcUaSourceModel implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private tags: readonly { tagId: TagId; node: string }[] = [];
  private now: Connection | null = null;
  private opening: Line | null = null;
  private failures = 0;
  private isStopped = false;
  /** True time since when each tag has been monitored without a break. */
  readonly monitoredSince = new Map<TagId, number>();

  constructor(
    private readonly options: OpcUaSourceOptions,
    tags: readonly AddressedTag[],
  ) {
    this.id = options.id;
    this.connection = new ConnectionState(options.id, options.sink, options.process.time);
    this.tags = tags.flatMap(nodeTag);
  }

  start(): void {
    this.attempt();
  }

  watch(tags: readonly AddressedTag[]): void {
    const before = new Set(this.tags.map((t) => t.tagId));
    this.tags = tags.flatMap(nodeTag);
    const wanted = new Set(this.tags.map((t) => t.tagId));
    const { now } = this;
    if (!now) return;
    for (const [node, tagId] of now.nodeOf)
      if (!wanted.has(tagId)) {
        now.nodeOf.delete(node);
        now.told.delete(tagId);
        this.monitoredSince.delete(tagId);
        now.line.toServer(() => now.subscription.items.delete(node));
      }
    const added = this.tags.filter((t) => !before.has(t.tagId));
    now.line.toServer(() => this.monitor(now, added));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.leave();
    this.connection.stopped();
  }

  state() {
    return this.connection.state;
  }

  private attempt(): void {
    const { process, server, route } = this.options;
    if (this.isStopped || !process.acts()) return;
    if (server.mood === 'away' || route.state === 'refused') return this.failed('connect ECONNREFUSED', 5);
    if (route.isMute) return this.failed('connect timeout', 10_000);
    let subscription: Subscription | null = null;
    const line: Line = new Line(route, process, {
      server: () => subscription && server.unsubscribe(subscription),
      client: (why) => this.lost(line, why),
    });
    line.toServer(() => {
      if (server.mood === 'away') return line.break('connection reset');
      subscription = server.subscribe();
      const made = { line, subscription, nodeOf: new Map(), told: new Set<TagId>() };
      const opened: Connection = {
        ...made,
        waitingSince: new Map(),
        keepAliveIn: 0,
        heardMs: 0,
        watchdog: null,
      };
      line.toClient(() => this.opened(opened));
    });
    this.opening = line;
  }

  private opened(connection: Connection): void {
    this.opening = null;
    this.now = connection;
    this.connection.connected();
    this.heard(connection);
    const { process, publishingIntervalMs } = this.options;
    connection.line.toServer(() => {
      this.monitor(connection, this.tags);
      this.publish(connection);
    });
    const limitMs = Math.max(publishingIntervalMs * KEEP_ALIVE_COUNT * 2, 3_000);
    connection.watchdog = process.time.every(limitMs / 4, () => {
      if (process.time.monotonicMs() - connection.heardMs > limitMs)
        connection.line.break('neither a value nor a keep-alive');
      else this.missFirstValues(connection);
    });
  }

  /** On the server. */
  private monitor(connection: Connection, tags: readonly { tagId: TagId; node: string }[]): void {
    const { server } = this.options;
    const known = tags.map((t) => ({ ...t, isKnown: server.monitor(connection.subscription, t.node) }));
    connection.line.toClient(() => this.monitored(connection, known));
  }

  private monitored(
    connection: Connection,
    tags: readonly { tagId: TagId; node: string; isKnown: boolean }[],
  ): void {
    const { process } = this.options;
    for (const { tagId, node, isKnown } of tags)
      if (isKnown) {
        connection.nodeOf.set(node, tagId);
        if (!connection.told.has(tagId)) connection.waitingSince.set(tagId, process.time.monotonicMs());
        this.monitoredSince.set(tagId, process.kernel.now);
      }
    const rejected = tags.filter((t) => !t.isKnown);
    const error = rejected.length === 0 ? null : `not monitored: ${rejected.map((t) => t.node).join(', ')}`;
    this.connection.monitoring({ monitored: connection.nodeOf.size, rejected: rejected.length, error });
    this.tell(
      rejected.map(({ tagId }) =>
        this.word(tagId, { value: null, quality: BAD_NODE_ID_UNKNOWN, ts: null }, 'first'),
      ),
    );
  }

  /** On the server, each publishing interval. */
  private publish(connection: Connection): void {
    const { server, publishingIntervalMs } = this.options;
    if (!connection.line.isOpen) return;
    const changes = server.takeChanges(connection.subscription);
    if (changes === null) return connection.line.break('connection reset');
    if (changes.length > 0) {
      connection.keepAliveIn = KEEP_ALIVE_COUNT;
      connection.line.toClient(() => this.notified(connection, changes));
    } else if (--connection.keepAliveIn <= 0) {
      connection.keepAliveIn = KEEP_ALIVE_COUNT;
      connection.line.toClient(() => this.heard(connection));
    }
    server.kernel.after(publishingIntervalMs, () => this.publish(connection));
  }

  private notified(
    connection: Connection,
    changes: readonly { node: string; values: readonly NodeValue[] }[],
  ): void {
    const { server, process } = this.options;
    const words: Received[] = [];
    const taken: { node: string; value: NodeValue }[] = [];
    for (const { node, values } of changes) {
      const tagId = connection.nodeOf.get(node);
      if (tagId === undefined) continue;
      for (const now of values) {
        const { value, quality, sourceTime } = now;
        taken.push({ node, value: now });
        words.push(
          this.word(
            tagId,
            { value, quality, ts: sourceTime },
            connection.told.has(tagId) ? 'change' : 'first',
          ),
        );
        connection.told.add(tagId);
        connection.waitingSince.delete(tagId);
      }
    }
    this.tell(words, server.taken(process, taken));
    this.heard(connection);
  }

  private missFirstValues(connection: Connection): void {
    const { process, publishingIntervalMs } = this.options;
    const limitMs = Math.max(FIRST_WITHIN * publishingIntervalMs, 3_000);
    const missing = [...connection.waitingSince].filter(
      ([, since]) => process.time.monotonicMs() - since > limitMs,
    );
    missing.forEach(([tagId]) => connection.waitingSince.delete(tagId));
    this.tell(
      missing.map(([tagId]) => this.word(tagId, { value: null, quality: BAD_WAITING, ts: null }, 'first')),
    );
  }

  private word(
    tagId: TagId,
    said: { value: number | null; quality: number; ts: number | null },
    origin: Received['origin'],
  ): Received {
    return {
      tagId,
      value: said.value,
      quality: qualityOf(said.quality),
      ts: said.ts as Micros | null,
      origin,
      clock: `${this.id} ${tagId}`,
    };
  }

  private tell(words: readonly Received[], durable: () => void = () => undefined): void {
    if (words.length === 0) return;
    const { process, sink } = this.options;
    process.kernel.note(
      process.name,
      `${this.id} says ${words.map((w) => `${w.tagId}=${w.value}`).join(' ')}`,
    );
    // A subscription has no way to ask again for what a full spool refused.
    sink.values(words, PATIENCE_MS).durably.then(durable, () => undefined);
  }

  private heard(connection: Connection): void {
    const { process, sink } = this.options;
    connection.heardMs = process.time.monotonicMs();
    this.connection.heard();
    if (connection === this.now) sink.heard(process.time.now(), 'all');
  }

  private lost(line: Line, why: string): void {
    if (this.now?.line === line || this.opening === line) this.failed(why, 0);
  }

  private failed(why: string, afterMs: number): void {
    const { process } = this.options;
    this.leave();
    process.time.after(afterMs, () => {
      if (this.isStopped) return;
      this.connection.lost(why);
      const waitMs = BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)] as number;
      process.time.after(waitMs, () => this.attempt());
    });
  }

  private leave(): void {
    const { now, opening } = this;
    this.now = null;
    this.opening = null;
    this.monitoredSince.clear();
    now?.watchdog?.cancel();
    if (now && now.told.size > 0) this.failures = 0;
    if (now) this.options.server.unsubscribe(now.subscription);
    now?.line.leave();
    opening?.leave();
  }
}

const nodeTag = ({ tagId, address }: AddressedTag): { tagId: TagId; node: string }[] =>
  'node' in address ? [{ tagId, node: address.node }] : [];
