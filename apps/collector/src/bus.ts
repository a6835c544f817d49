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
/** What could not be said because nobody knew whether it still holds is looked at again after this. */
const AGAIN_MS = 200;
const ALWAYS = (): Standing => 'holds';
/** Bytes on their way to the broker at which values, which are soon said again, are left out. */
const CLOGGED_BYTES = 8 << 20;

/** The internal bus. Connects by itself; what is told while it is away is told when it is back. */
export class Bus {
  private client: MqttClient | null = null;
  private readonly handlers: { pattern: RegExp; handle: Handler }[] = [];
  private readonly topics: string[] = [];
  private readonly greetings: (() => void)[] = [];
  private readonly queue: OutgoingQueue;
  private readonly time: Time;
  private redialling: Timer | null = null;
  private again: Timer | null = null;
  private away = false;
  private leaving = false;

  constructor(private readonly options: BusOptions) {
    this.time = options.time ?? systemTime;
    this.queue = new OutgoingQueue((message, why) =>
      options.log.error(`bus: ${message.topic}: a message is set aside: ${why}`),
    );
    this.dial();
  }

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  get outgoing(): OutgoingCounts {
    return this.queue.counts;
  }

  /** Called on every connection: retained words live in the broker's memory only. */
  onConnect(greeting: () => void): void {
    this.greetings.push(greeting);
    if (this.isConnected) greeting();
  }

  /** Messages that are not JSON are said and dropped; empty ones (a retained word taken back) are dropped. */
  subscribe(topic: string, handle: Handler): void {
    this.handlers.push({ pattern: patternOf(topic), handle });
    this.topics.push(topic);
    if (this.isConnected) this.ask([topic]);
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
    // Waits for what is on the way only while there is somebody to take it.
    const end = this.time.monotonicMs() + FAREWELL_MS;
    while (this.isConnected && this.queue.counts.waiting > 0 && this.time.monotonicMs() < end)
      await sleep(this.time, FAREWELL_MS / 100);
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
    client.on('connect', () => this.greet());
    client.on('error', (error) => this.wentAway(error.message));
    client.on('message', (name, payload) => this.dispatch(name, payload));
    client.on('close', () => {
      if (this.client !== client) return;
      this.client = null;
      client.end(true);
      this.wentAway('connection closed');
      this.queue.disconnected();
      if (!this.leaving) this.redialling = this.time.after(RECONNECT_MS, () => this.dial());
    });
  }

  private greet(): void {
    if (this.away) this.options.log.info('bus: connected again');
    this.away = false;
    this.ask(this.topics);
    this.greetings.forEach((greeting) => greeting());
    this.send();
  }

  private send(): void {
    const { client } = this;
    if (!client?.connected) return;
    for (const message of this.queue.next()) this.publish(client, message);
    if (this.queue.isHeldUp) this.again ??= this.time.after(AGAIN_MS, () => this.sendAgain());
  }

  private sendAgain(): void {
    this.again = null;
    this.send();
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

  private ask(topics: string[]): void {
    if (topics.length === 0) return;
    this.client?.subscribe(topics, { qos: 1 }, (error) => {
      if (error) this.options.log.warn(`bus: subscribe: ${error.message}`);
    });
  }

  private wentAway(reason: string): void {
    if (!this.away && !this.leaving) this.options.log.warn(`bus away: ${reason}`);
    this.away = true;
  }

  private dispatch(topic: string, payload: Buffer): void {
    if (payload.length === 0) return;
    let message: unknown;
    try {
      message = JSON.parse(payload.toString());
    } catch (error) {
      this.options.log.warn(`bus: ${topic}: expected JSON: ${(error as Error).message}`);
      return;
    }
    for (const { pattern, handle } of this.handlers) if (pattern.test(topic)) handle(message, topic);
  }
}

const patternOf = (topic: string): RegExp =>
  new RegExp(`^${topic.replace(/[.*?^${}()|[\]\\]/g, '\\$&').replaceAll('+', '[^/]+')}$`);
