import { Subscriptions } from '@linepack/bus';
import { bareStrings } from '@linepack/contracts';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { BusAway } from '../http/errors';

const FAULTS_LOGGED_EVERY_MS = 60_000;

/** The api's connection to the internal bus. Connects and subscribes again by itself. */
export class BusClient {
  private readonly subscriptions: Subscriptions;
  private readonly connected: (() => void)[] = [];
  private client: MqttClient | null = null;
  private outage = false;
  private faultLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: string,
    readonly clientId: string,
    private readonly logger: Logger,
    private readonly will?: { readonly topic: string; readonly payload: () => unknown },
  ) {
    this.subscriptions = new Subscriptions({
      after: (ms, run) => {
        const timer = setTimeout(run, ms).unref();
        return { cancel: () => clearTimeout(timer) };
      },
      onGranted: () => this.connected.forEach((listener) => listener()),
      onRefused: (filters) => logger.warn({ filters }, 'topics that the bus refuses to let us hear'),
      onUnreadable: (topic, error) => this.refuse(topic, error),
    });
  }

  get state(): 'up' | 'away' {
    return this.client?.connected ? 'up' : 'away';
  }

  /**
   * Hears every message of a topic filter, parsed; one that does not parse is logged and left out.
   * @throws Error when the schema takes a string that the database might not be able to keep
   */
  subscribe<S extends z.ZodType>(
    filter: string,
    schema: S,
    take: (message: z.output<S>, topic: string) => void,
  ): void {
    const bare = bareStrings(schema);
    if (bare.length > 0)
      throw new Error(`${filter}: expected text() instead of z.string() at ${bare.join(', ')}`);
    this.subscriptions.add(filter, (payload, topic) => {
      const parsed = schema.safeParse(payload);
      if (parsed.success) take(parsed.data, topic);
      else this.refuse(topic, parsed.error.issues[0]);
    });
  }

  /** Topics that the bus does not let us hear. */
  get deafTo(): readonly string[] {
    return this.subscriptions.refused;
  }

  /** Called when subscriptions stand that did not: after each connection, the first one too. */
  onConnected(listener: () => void): void {
    this.connected.push(listener);
  }

  open(): void {
    this.client = connect(this.url, {
      clientId: this.clientId,
      reconnectPeriod: 1_000,
      connectTimeout: 5_000,
      resubscribe: false,
      // Messages are not kept for a bus that is away: a command must be answered now or not at all.
      queueQoSZero: false,
      ...(this.will
        ? {
            will: {
              topic: this.will.topic,
              payload: Buffer.from(JSON.stringify(this.will.payload())),
              qos: 1,
              retain: true,
            },
          }
        : {}),
    });
    const { client } = this;
    client.on('connect', () => {
      this.outage = false;
      this.logger.info('bus is there');
      this.subscriptions.opened(client);
    });
    client.on('message', (topic, payload) => this.subscriptions.deliver(topic, payload));
    client.on('close', () => {
      this.subscriptions.closed();
      this.missed('connection closed');
    });
    client.on('error', (error) => this.missed(error.message));
  }

  /**
   * Publishes with QoS 1.
   * @throws BusAway when it is not connected
   */
  async publish(topic: string, payload: unknown): Promise<void> {
    if (!this.client?.connected) throw new BusAway();
    await this.client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
  }

  /** Publishes what stays for whoever comes later; while the bus is away nothing is said. */
  async retain(topic: string, payload: unknown): Promise<void> {
    if (!this.client?.connected) return;
    try {
      await this.client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain: true });
    } catch (error) {
      // The bus went away, or is being left, in the same moment. A rejection nobody waits for would end the process.
      this.logger.debug({ err: error, topic }, 'not retained');
    }
  }

  async close(): Promise<void> {
    this.outage = true;
    this.subscriptions.closed();
    await this.client?.endAsync(this.client.connected ? false : true);
    this.client = null;
  }

  /** An outage is said once, not at every attempt to connect again. */
  private missed(cause: string): void {
    if (this.outage) return;
    this.outage = true;
    this.logger.warn({ cause }, 'bus is away');
  }

  private refuse(topic: string, fault: unknown): void {
    const now = performance.now();
    if (now - this.faultLoggedAt < FAULTS_LOGGED_EVERY_MS) return;
    this.faultLoggedAt = now;
    this.logger.error({ topic, fault }, 'a message on the bus is not what contracts say');
  }
}
