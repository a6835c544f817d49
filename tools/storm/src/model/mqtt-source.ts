import type { SourceId, TagAddress, TagId } from '@linepack/network';
import { decodeValue, parsePayload } from '@linepack/telemetry';
import { ConnectionState } from '../../../../apps/collector/src/acquisition/connection-state';
import type {
  AddressedTag,
  PlantSource,
  Received,
  SourceSink,
} from '../../../../apps/collector/src/acquisition/source';
import type { SimulatedProcess } from '../kernel/process';
import { Line, type Route } from './line';
import type { DeviceMessage, PlantBroker } from './plant-broker';

const RECONNECT_MS = 1_000;
const RENEWED = 'renewed';
const REFUSED_RETRY_MS = 5_000;
const PATIENCE_MS = 100;
const ANSWER_MS = 10_000;

interface TopicTag {
  readonly tagId: TagId;
  readonly address: Extract<TagAddress, { topic: string }>;
}

export interface MqttSourceOptions {
  readonly id: SourceId;
  readonly process: SimulatedProcess;
  readonly broker: PlantBroker;
  readonly route: Route;
  readonly sink: SourceSink;
  /** The same after a restart, so that the lasting session is found again. */
  readonly clientId: string;
}

/** What the collector's MQTT source does towards its sink and its broker, on a model of the broker. */
export class MqttSourceModel implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private tags: readonly TopicTag[];
  private known: readonly TopicTag[] = [];
  private line: Line | null = null;
  private isOpen = false;
  private isAnswered = false;
  private isRenewing = false;
  private isStopped = false;
  private close: () => void = () => undefined;
  /** True time since when each tag's topic has been subscribed to without a break. */
  readonly monitoredSince = new Map<TagId, number>();

  constructor(
    private readonly options: MqttSourceOptions,
    tags: readonly AddressedTag[],
  ) {
    this.id = options.id;
    this.connection = new ConnectionState(options.id, options.sink, options.process.time);
    this.tags = tags.flatMap(topicTag);
  }

  start(): void {
    this.attempt();
  }

  knows(tags: readonly AddressedTag[]): void {
    this.known = tags.flatMap(topicTag);
  }

  watch(tags: readonly AddressedTag[]): void {
    const before = topicsOf(this.tags);
    this.tags = tags.flatMap(topicTag);
    const { line } = this;
    if (!line || !this.isOpen) return;
    const { broker, clientId } = this.options;
    const left = before.filter((t) => !topicsOf(this.tags).includes(t));
    if (left.length > 0) line.toServer(() => broker.unsubscribe(clientId, left));
    this.subscribe(line);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const { line } = this;
    // The broker would keep for us, for ever, what nobody asks for any more.
    if (this.tags.length === 0 && this.isOpen) await this.unsubscribed();
    this.line = null;
    this.isOpen = false;
    this.monitoredSince.clear();
    if (line) {
      line.leave();
      this.close();
    }
    this.connection.stopped();
  }

  state() {
    return this.connection.state;
  }

  /** Resolves when the broker has answered all that was asked of it. */
  private unsubscribed(): Promise<void> {
    return new Promise((resolve) => {
      const { line } = this;
      this.options.process.time.after(ANSWER_MS, resolve);
      line?.toServer(() => line.toClient(resolve));
    });
  }

  private attempt(): void {
    const { process, broker, route, clientId } = this.options;
    if (this.isStopped || !process.acts()) return;
    if (!broker.isUp || route.state === 'refused') return this.failed('connect ECONNREFUSED', 5);
    if (route.isMute) return this.failed('connack timeout', 10_000);
    const deliver: Parameters<PlantBroker['open']>[1] = (message, packet, flags) =>
      line.toClient(() => this.receive(line, message, packet, flags));
    const line: Line = new Line(route, process, {
      server: () => broker.close(clientId, deliver),
      client: (why) => this.line === line && this.failed(why, 0),
    });
    this.line = line;
    line.toServer(() => {
      if (!broker.isUp) return line.break('connection reset');
      line.toClient(() => this.opened(line));
      broker.open(clientId, deliver);
    });
    this.close = () => broker.close(clientId, deliver);
  }

  private opened(line: Line): void {
    this.isOpen = true;
    this.isAnswered = false;
    this.subscribe(line);
  }

  private subscribe(line: Line): void {
    const { broker, clientId, process } = this.options;
    const topics = topicsOf(this.tags);
    line.toServer(() => {
      line.toClient(() => {
        this.isAnswered = true;
        this.connection.connected();
        for (const { tagId } of this.tags)
          if (!this.monitoredSince.has(tagId)) this.monitoredSince.set(tagId, process.kernel.now);
        this.connection.monitoring({ monitored: this.tags.length, rejected: 0, error: null });
      });
      broker.subscribe(clientId, topics);
    });
  }

  private receive(
    line: Line,
    message: DeviceMessage,
    packet: number,
    flags: { dup: boolean; retain: boolean },
  ): void {
    const { process, sink, broker, clientId } = this.options;
    if (this.line !== line) return;
    broker.reached(process, message, flags);
    // A lasting session sends what it kept before it answers the subscription.
    this.connection.connected();
    this.connection.heard();
    const isWanted = this.tags.some((t) => t.address.topic === message.topic);
    // A lasting session may still have topics of former times.
    if (!isWanted) line.toServer(() => broker.unsubscribe(clientId, [message.topic]));
    const words = this.decode(message, flags);
    process.kernel.note(
      process.name,
      `${this.id} says ${words.map((w) => `${w.tagId}=${w.value}`).join(' ')}${flags.dup ? ' again' : ''}`,
    );
    sink.values(words, PATIENCE_MS, true).durably.then(
      () => {
        if (this.line !== line || !process.acts()) return;
        line.toServer(() => broker.acknowledge(clientId, packet));
      },
      () => this.renew(),
    );
  }

  private decode(
    { topic, payload }: DeviceMessage,
    { dup, retain }: { dup: boolean; retain: boolean },
  ): Received[] {
    const parsed = parsePayload(payload);
    const body = parsed.ok ? parsed.body : undefined;
    const ofTopic = (tags: readonly TopicTag[]) => tags.filter((t) => t.address.topic === topic);
    const watched = ofTopic(this.tags);
    return (watched.length > 0 ? watched : ofTopic(this.known)).map(({ tagId, address }) => {
      const { fault: _, ...value } = decodeValue(body, address);
      return {
        tagId,
        ...value,
        // What comes before the answer to the subscription was kept by the broker.
        origin: retain ? 'retained' : dup || !this.isAnswered ? 'redelivered' : 'change',
        clock: `${this.id}/${topic}`,
      };
    });
  }

  /** After the spool refused a message, the connection is renewed: the broker then sends it again. */
  private renew(): void {
    if (this.isRenewing) return;
    this.isRenewing = true;
    this.options.process.time.after(REFUSED_RETRY_MS, () => {
      this.isRenewing = false;
      this.line?.break(RENEWED);
    });
  }

  private failed(why: string, afterMs: number): void {
    const { process } = this.options;
    this.line = null;
    this.isOpen = false;
    this.monitoredSince.clear();
    process.time.after(afterMs, () => {
      if (this.isStopped) return;
      // The broker is as well as before: nobody is told.
      if (why !== RENEWED) this.connection.lost(why);
      process.time.after(RECONNECT_MS, () => this.attempt());
    });
  }
}

const topicTag = ({ tagId, address }: AddressedTag): TopicTag[] =>
  'topic' in address ? [{ tagId, address }] : [];

const topicsOf = (tags: readonly TopicTag[]): string[] => [...new Set(tags.map((t) => t.address.topic))];
