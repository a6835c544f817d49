import mqtt, { type MqttClient } from 'mqtt';
import type { Log } from './log';

export interface BusOptions {
  readonly url: string;
  /** Published for us, retained, when we are gone without a word. */
  readonly will: { readonly topic: string; readonly message: unknown };
  readonly log: Log;
}

type Handler = (message: unknown, topic: string) => void;

/** The internal bus. Connects by itself; what is said at QoS 1 while it is away is said when it is back. */
export class Bus {
  private readonly client: MqttClient;
  private readonly handlers: { pattern: RegExp; handle: Handler }[] = [];
  private readonly topics: string[] = [];
  private readonly greetings: (() => void)[] = [];
  private away = false;
  private leaving = false;

  constructor(private readonly options: BusOptions) {
    const { topic, message } = options.will;
    this.client = mqtt.connect(options.url, {
      clientId: `linepack-collector-${process.pid}-${Date.now().toString(36)}`,
      reconnectPeriod: 1_000,
      connectTimeout: 10_000,
      keepalive: 10,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic, payload: Buffer.from(JSON.stringify(message)), qos: 1, retain: true },
    });
    this.client.on('connect', () => this.greet());
    this.client.on('close', () => this.wentAway('connection closed'));
    this.client.on('error', (error) => this.wentAway(error.message));
    this.client.on('message', (name, payload) => this.dispatch(name, payload));
  }

  get isConnected(): boolean {
    return this.client.connected;
  }

  /** Called on every connection: retained words live in the broker's memory only. */
  onConnect(greeting: () => void): void {
    this.greetings.push(greeting);
    if (this.client.connected) greeting();
  }

  /** Messages that are not JSON are said and dropped; empty ones (a retained word taken back) are dropped. */
  subscribe(topic: string, handle: Handler): void {
    this.handlers.push({ pattern: patternOf(topic), handle });
    this.topics.push(topic);
    if (this.client.connected) this.ask([topic]);
  }

  /** At QoS 1, in order, waiting for the bus when it is away. */
  tell(topic: string, message: unknown, keep: 'retained' | 'passing' = 'passing'): void {
    this.client.publish(topic, JSON.stringify(message), { qos: 1, retain: keep === 'retained' }, (error) => {
      if (error) this.options.log.warn(`bus: ${topic}: ${error.message}`);
    });
  }

  /** At QoS 0, dropped while the bus is away: the next one says it better. */
  mention(topic: string, message: unknown): void {
    if (this.client.connected) this.client.publish(topic, JSON.stringify(message), { qos: 0 });
  }

  /** A retained word that is soon said again: dropped while the bus is away. */
  mentionRetained(topic: string, message: unknown): void {
    if (this.client.connected) this.client.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
  }

  async close(): Promise<void> {
    this.leaving = true;
    // Waits for what is on the way only while there is somebody to take it.
    await this.client.endAsync(!this.client.connected);
  }

  private greet(): void {
    if (this.away) this.options.log.info('bus: connected again');
    this.away = false;
    this.ask(this.topics);
    this.greetings.forEach((greeting) => greeting());
  }

  private ask(topics: string[]): void {
    if (topics.length === 0) return;
    this.client.subscribe(topics, { qos: 1 }, (error) => {
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
