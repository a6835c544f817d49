import type { SourceConfig, SourceId, TagAddress, TagId } from '@linepack/network';
import { decodeValue, parsePayload } from '@linepack/telemetry';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Log } from '../../log';
import type { Time, Timer } from '../../time';
import { PATIENCE_MS } from '../../write/outbox';
import { ConnectionState } from '../connection-state';
import type { AddressedTag, PlantSource, Received, SourceSink } from '../source';

type MqttConfig = Extract<SourceConfig, { kind: 'mqtt' }>;
export interface TopicTag {
  readonly tagId: TagId;
  readonly address: Extract<TagAddress, { topic: string }>;
}

const RECONNECT_MS = 1_000;
/** After the spool refused a message, the connection is renewed: the broker then sends again what was not acknowledged. */
const REFUSED_RETRY_MS = 5_000;

/**
 * One plant broker with devices that send JSON. QoS 1 in a lasting session: a message is acknowledged only when its
 * values are durable (database or spool), so what the broker thinks delivered survives a crash here. Messages are read
 * on while earlier ones wait for that, so that a batch is acknowledged together; the client library's own
 * acknowledgement, which waits one message at a time, is switched off.
 */
export class MqttSource implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private byTopic: ReadonlyMap<string, readonly TopicTag[]>;
  private client: MqttClient | null = null;
  private retry: Timer | null = null;
  /** Faults already said, by tag and kind; said again once the value was fine in between. */
  private readonly faulty = new Map<string, string>();

  constructor(
    private readonly config: MqttConfig,
    tags: readonly AddressedTag[],
    private readonly sink: SourceSink,
    private readonly clientId: string,
    private readonly time: Time,
    private readonly log: Log,
  ) {
    this.id = config.id as SourceId;
    this.connection = new ConnectionState(this.id, sink, time);
    this.byTopic = byTopic(tags.flatMap(topicTag));
  }

  start(): void {
    const client = mqtt.connect(this.config.url, {
      clientId: this.clientId,
      clean: false,
      username: this.config.userName,
      password: this.config.password,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: 10_000,
      keepalive: 15,
      resubscribe: false,
    });
    this.client = client;
    client.handleMessage = (packet, done) => this.handle(packet as IPublishPacket, done);
    client.on('connect', () => this.subscribe(client));
    client.on('close', () => this.connection.lost(this.connection.state.error ?? 'connection closed'));
    client.on('error', (error) => this.fail(error.message));
  }

  watch(tags: readonly AddressedTag[]): void {
    const before = this.byTopic;
    this.byTopic = byTopic(tags.flatMap(topicTag));
    const { client } = this;
    if (!client?.connected) return;
    const left = [...before.keys()].filter((topic) => !this.byTopic.has(topic));
    if (left.length > 0) client.unsubscribe(left);
    this.subscribe(client);
  }

  async stop(): Promise<void> {
    this.retry?.cancel();
    await this.client?.endAsync(true);
    this.connection.stopped();
  }

  state() {
    return this.connection.state;
  }

  private fail(reason: string): void {
    if (this.connection.state.error !== reason) this.log.warn(`source ${this.id}: ${reason}`);
    this.connection.lost(reason);
  }

  private subscribe(client: MqttClient): void {
    const topics = [...this.byTopic.keys()];
    client.subscribe(topics, { qos: 1 }, (error, granted) => {
      if (error) return this.fail(`subscribe: ${error.message}`);
      if (this.connection.state.state !== 'connected') this.connection.connected();
      const refused = new Set((granted ?? []).filter((g) => g.qos > 2).map((g) => g.topic));
      const count = (wanted: boolean) =>
        topics
          .filter((t) => refused.has(t) === wanted)
          .reduce((n, t) => n + (this.byTopic.get(t)?.length ?? 0), 0);
      const reason = refused.size === 0 ? null : `not subscribed: ${[...refused].slice(0, 5).join(', ')}`;
      this.connection.monitoring({ monitored: count(false), rejected: count(true), error: reason });
      if (reason) this.log.warn(`source ${this.id}: ${reason}`);
      else this.log.info(`source ${this.id}: connected, ${count(false)} tags on ${topics.length} topics`);
    });
  }

  /** `done` with an error goes on to the next message without acknowledging this one; that is done here, later. */
  private handle(packet: IPublishPacket, done: (error?: Error) => void): void {
    // A lasting session sends what it kept before it answers the subscription.
    if (this.connection.state.state !== 'connected') this.connection.connected();
    this.connection.heard();
    const { stream } = this.client as MqttClient;
    const { durably } = this.sink.values(this.decode(packet), PATIENCE_MS.acknowledged);
    durably.then(
      () => acknowledge(this.client, stream, packet),
      () => this.renew(),
    );
    done(packet.qos === 1 ? new Error('acknowledged when durable') : undefined);
  }

  private renew(): void {
    this.retry ??= this.time.after(REFUSED_RETRY_MS, () => {
      this.retry = null;
      this.client?.stream.destroy();
    });
  }

  private decode(packet: IPublishPacket): Received[] {
    const tags = this.byTopic.get(packet.topic) ?? [];
    const parsed = parsePayload(packet.payload.toString());
    return tags.map(({ tagId, address }) => {
      const body = parsed.ok ? parsed.body : undefined;
      const { fault, ...value } = decodeValue(body, address);
      this.say(`${packet.topic} ${address.path}`, parsed.ok ? fault : parsed.fault);
      const origin = packet.dup || packet.retain ? 'redelivered' : 'change';
      return { tagId, ...value, origin, clock: `${this.id}/${packet.topic}` };
    });
  }

  private say(what: string, fault: string | null): void {
    if (fault === null) this.faulty.delete(what);
    else if (!this.faulty.has(what)) this.log.warn(`source ${this.id}: ${what}: ${fault}`);
    if (fault !== null) this.faulty.set(what, fault);
  }
}

const topicTag = ({ tagId, address }: AddressedTag): TopicTag[] =>
  'topic' in address ? [{ tagId, address }] : [];

function byTopic(tags: readonly TopicTag[]): Map<string, TopicTag[]> {
  const topics = new Map<string, TopicTag[]>();
  for (const tag of tags) topics.set(tag.address.topic, [...(topics.get(tag.address.topic) ?? []), tag]);
  return topics;
}

/** PUBACK (MQTT 3.1.1, 3.4), on the very connection the message came by: its number means nothing on another. */
function acknowledge(client: MqttClient | null, stream: MqttClient['stream'], packet: IPublishPacket): void {
  if (packet.qos !== 1 || packet.messageId === undefined || client?.stream !== stream || !client.connected)
    return;
  stream.write(Buffer.from([0x40, 2, packet.messageId >> 8, packet.messageId & 0xff]));
}
