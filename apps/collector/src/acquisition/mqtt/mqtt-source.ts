import { topicFault, type SourceId } from '@linepack/network';
import { QUALITY, type Quality } from '@linepack/telemetry';
import type { Log } from '../../log';
import type { Time } from '../../time';
import { PATIENCE_MS } from '../../write/outbox';
import { ConnectionState } from '../connection-state';
import { named } from '../named';
import { Reconnection } from '../reconnection';
import type { AddressedTag, PlantSource, SourceSink } from '../source';
import { MqttConnection, type MqttConfig, type ProtocolVersion } from './mqtt-connection';
import { clockOf, Topics } from './topics';

/** Reason codes of a refused topic (MQTT 5, 3.9.3). */
const TOPIC_FILTER_INVALID = 0x8f;
const QUOTA_EXCEEDED = 0x97;
/** What its tags are then. MQTT 3.1.1 has one code for all reasons, and it is nearly always about rights. */
const QUALITY_OF_CODE: ReadonlyMap<number, Quality> = new Map([
  [TOPIC_FILTER_INVALID, QUALITY.BadNodeIdInvalid],
  [QUOTA_EXCEEDED, QUALITY.BadTooManyMonitoredItems],
]);

/**
 * One plant broker with devices that send JSON. QoS 1 in a lasting session: what the broker thinks delivered survives a
 * crash here.
 */
export class MqttSource implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private readonly reconnection: Reconnection<MqttConnection>;
  private readonly topics: Topics;
  private version: ProtocolVersion = 5;
  /** Topics whose tags are Bad because the broker, or the rules of MQTT, refuse them. */
  private readonly refused = new Set<string>();
  private said: string | null | undefined;

  constructor(
    config: MqttConfig,
    tags: readonly AddressedTag[],
    private readonly sink: SourceSink,
    clientId: string,
    time: Time,
    private readonly log: Log,
  ) {
    this.id = config.id as SourceId;
    this.topics = new Topics(config.id, tags, (fault) => log.warn(`source ${config.id}: ${fault}`));
    const state = new ConnectionState(this.id, sink, time);
    this.connection = state;
    const parts = {
      config,
      clientId,
      state,
      sink,
      time,
      topics: () => this.topics.names.filter(isTopic),
      isWanted: (topic: string) => this.topics.tagsOf(topic).length > 0,
      read: this.topics.read.bind(this.topics),
      subscriptions: {
        answered: (granted: readonly string[], refused: ReadonlyMap<string, number>) =>
          this.answered(granted, refused),
        failed: (error: Error) => this.reconnection.current?.end(`subscribe: ${error.message}`),
      },
    };
    this.reconnection = new Reconnection({
      begin: () => new MqttConnection(parts, this.version, (version) => (this.version = version)),
      onEnded: (reason, attempt) => this.ended(reason, attempt),
      time,
    });
  }

  start(): void {
    this.reconnection.start();
  }

  knows(tags: readonly AddressedTag[]): void {
    this.topics.knows(tags);
  }

  watch(tags: readonly AddressedTag[]): void {
    const anew = this.topics.watch(tags);
    anew.forEach((topic) => this.refused.delete(topic));
    void this.reconnection.current?.subscriptions?.want(this.topics.names.filter(isTopic), anew);
  }

  async stop(): Promise<void> {
    // The broker would keep for us, for ever, what nobody asks for any more.
    if (this.topics.names.length === 0) await this.reconnection.current?.subscriptions?.settled();
    await this.reconnection.stop();
    this.connection.stopped();
  }

  state() {
    return this.connection.state;
  }

  private ended(reason: string, attempt: MqttConnection): void {
    // Everything is Bad when the source is lost, and has to be said to be refused anew.
    this.refused.clear();
    if (attempt.renewed) return this.log.info(`source ${this.id}: ${reason}`);
    if (this.connection.state.error !== reason) this.log.warn(`source ${this.id}: ${reason}`);
    this.connection.lost(reason);
  }

  private answered(granted: readonly string[], refused: ReadonlyMap<string, number>): void {
    const invalid = this.topics.names.filter((topic) => !isTopic(topic));
    const all = new Map([...refused, ...invalid.map((topic) => [topic, TOPIC_FILTER_INVALID] as const)]);
    for (const [topic, code] of all) {
      if (this.refused.has(topic)) continue;
      this.refused.add(topic);
      this.tell(topic, QUALITY_OF_CODE.get(code) ?? QUALITY.BadUserAccessDenied);
    }
    for (const topic of granted)
      if (this.refused.delete(topic)) this.tell(topic, QUALITY.BadWaitingForInitialData);
    this.report();
  }

  /** A word of ours on the tags of a topic. */
  private tell(topic: string, quality: Quality): void {
    const clock = clockOf(this.id, topic);
    const words = this.topics
      .tagsOf(topic)
      .map((tagId) => ({ tagId, quality, value: null, ts: null, origin: 'change' as const, clock }));
    this.sink.values(words, PATIENCE_MS.samples).durably.catch(saidByOutbox);
  }

  private report(): void {
    const count = (topics: Iterable<string>): number =>
      [...topics].reduce((sum, topic) => sum + this.topics.tagsOf(topic).length, 0);
    const monitored = count(this.topics.names.filter((topic) => !this.refused.has(topic)));
    const error = named('not subscribed', [...this.refused]) || null;
    const rejected = count(this.refused);
    this.connection.monitoring({ monitored, rejected, withoutFirstValue: 0, error });
    if (error === this.said) return;
    this.said = error;
    if (error !== null) this.log.warn(`source ${this.id}: ${error}`);
    else this.log.info(`source ${this.id}: connected, ${monitored} tags`);
  }
}

const isTopic = (topic: string): boolean => topicFault(topic) === null;

/** What a full spool refuses is counted and said by the outbox. */
const saidByOutbox = (): void => undefined;
