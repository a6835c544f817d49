import { Subscriptions } from '@linepack/bus';
import { TOPIC } from '@linepack/contracts';
import mqtt, { type MqttClient } from 'mqtt';
import { OutgoingQueue, type Outgoing, type OutgoingCounts, type Standing } from './bus-outgoing';
import type { Log } from './log';
import { sleep, systemTime, type Time, type Timer } from './time';

export interface BusOptions {
  readonly url: string;
  /** Published for us, retained, when we are gone without a word. */
  readonly will: { readonly topic: string; readonly message: unknown };
  readonly log: Log;
  readonly time?: Time;
}

/** How a message is told. */
export interface Telling {
  readonly keep?: 'retained' | 'passing';
  /** Asked when the bus is there to take it; it always holds, unless said. */
  readonly standing?: () => Standing;
}

type Handler = (message: unknown, topic: string) => void;

const RECONNECT_MS = 1_000;
const FAREWELL_MS = 2_000;
/** A connection that stands for so long, and carries a word then, is a good one: a broker that refuses one ends it sooner. */
const STEADY_MS = 2_000;
/** What could not be said because nobody knew whether it still holds is looked at again after this. */
const AGAIN_MS = 200;
const ALWAYS = (): Standing => 'holds';
/** Bytes on their way to the broker at which values, which are soon said again, are left out. */
const CLOGGED_BYTES = 8 << 20;

/** The internal bus. Connects by itself; what is told while it is away is told when it is back. */
export class Bus {
  private client: MqttClient | null = null;
  private readonly subscriptions: Subscriptions;
  private readonly greetings: (() => void)[] = [];
  private readonly queue: OutgoingQueue;
  private readonly time: Time;
  private redialling: Timer | null = null;
  private again: Timer | null = null;
  private proving: Timer | null = null;
  private away = false;
  private leaving = false;

  constructor(private readonly options: BusOptions) {
    this.time = options.time ?? systemTime;
    this.queue = new OutgoingQueue((message, why) =>
      options.log.error(`bus: ${message.topic}: a message is set aside: ${why}`),
    );
    this.subscriptions = new Subscriptions({
      after: (ms, run) => this.time.after(ms, run),
      onRefused: (filters) =>
        options.log.warn(`bus: refuses to let us hear: ${filters.join(', ') || 'nothing any more'}`),
      onUnreadable: (topic, error) => options.log.warn(`bus: ${topic}: expected JSON: ${error.message}`),
    });
    this.dial();
  }

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  get outgoing(): OutgoingCounts {
    return this.queue.counts;
  }

  /** Topics that the broker does not let us hear. */
  get deafTo(): readonly string[] {
    return this.subscriptions.refused;
  }

  /** Called on every connection: retained words live in the broker's memory only. */
  onConnect(greeting: () => void): void {
    this.greetings.push(greeting);
    if (this.isConnected) greeting();
  }

  /** Messages that are not JSON are said and dropped; empty ones (a retained word taken back) are dropped. */
  subscribe(topic: string, handle: Handler): void {
    this.subscriptions.add(topic, handle);
  }

  /** At QoS 1, in order, waiting for the bus when it is away. */
  tell(topic: string, message: unknown, { keep = 'passing', standing = ALWAYS }: Telling = {}): void {
    this.queue.add({ topic, text: JSON.stringify(message), retain: keep === 'retained', standing });
    this.send();
  }

  /** Takes a retained word back. */
  forget(topic: string): void {
    this.queue.add({ topic, text: '', retain: true, standing: ALWAYS });
    this.send();
  }

  /** At QoS 0, dropped while the bus is away or does not keep up: the next one says it better. */
  mention(topic: string, message: unknown): void {
    if (!this.client?.connected || this.client.stream.writableLength > CLOGGED_BYTES) return;
    this.client.publish(topic, JSON.stringify(message), { qos: 0 });
  }

  /** A retained word that is soon said again: dropped while the bus is away. */
  mentionRetained(topic: string, message: unknown): void {
    if (this.isConnected) this.client?.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
  }

  async close(): Promise<void> {
    this.leaving = true;
    this.redialling?.cancel();
    this.again?.cancel();
    this.subscriptions.closed();
    // Waits for what is on the way only while there is somebody to take it.
    const end = this.time.monotonicMs() + FAREWELL_MS;
    while (this.isConnected && this.queue.counts.waiting > 0 && this.time.monotonicMs() < end)
      await sleep(this.time, FAREWELL_MS / 100);
    this.proving?.cancel();
    await this.client?.endAsync(!this.client.connected);
  }

  /** A client for one connection: what it had not delivered when it ended is ours to say again, or not. */
  private dial(): void {
    const { topic, message } = this.options.will;
    const client = mqtt.connect(this.options.url, {
      clientId: `linepack-collector-${process.pid}-${this.time.now().toString(36)}`,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      keepalive: 10,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic, payload: Buffer.from(JSON.stringify(message)), qos: 1, retain: true },
    });
    this.client = client;
    client.on('connect', () => this.greet(client));
    client.on('error', (error) => this.wentAway(error.message));
    client.on('message', (name, payload) => this.subscriptions.deliver(name, payload));
    client.on('close', () => {
      if (this.client !== client) return;
      this.client = null;
      client.end(true);
      this.proving?.cancel();
      this.proving = null;
      this.subscriptions.closed();
      this.wentAway('connection closed');
      this.queue.disconnected();
      if (!this.leaving) this.redialling = this.time.after(RECONNECT_MS, () => this.dial());
    });
  }

  private greet(client: MqttClient): void {
    if (this.away) this.options.log.info('bus: connected again');
    this.away = false;
    this.queue.connected();
    if (!this.leaving) this.subscriptions.opened(client);
    this.greetings.forEach((greeting) => greeting());
    this.send();
  }

  private send(): void {
    const { client } = this;
    if (!client?.connected) return;
    for (const message of this.queue.next()) this.publish(client, message);
    if (this.queue.wantsProof) this.proving ??= this.time.after(STEADY_MS, () => this.prove(client));
    else if (this.queue.isHeldUp) this.again ??= this.time.after(AGAIN_MS, () => this.sendAgain());
  }

  private sendAgain(): void {
    this.again = null;
    this.send();
  }

  /** An answer to something that no broker could mind. */
  private prove(client: MqttClient): void {
    client.publish(TOPIC.probe, '', { qos: 1 }, (error) => {
      if (this.client !== client || error) return;
      this.queue.proven();
      this.send();
    });
  }

  private publish(client: MqttClient, message: Outgoing): void {
    const { topic, text, retain } = message;
    client.publish(topic, text, { qos: 1, retain }, (error) => {
      // What became of it on a connection that has ended is unknown: it goes again.
      if (this.client !== client || (error && !client.connected)) return;
      if (error) this.queue.refused(message, error.message);
      else this.queue.acknowledged(message);
      this.send();
    });
  }

  private wentAway(reason: string): void {
    if (!this.away && !this.leaving) this.options.log.warn(`bus away: ${reason}`);
    this.away = true;
  }
}
