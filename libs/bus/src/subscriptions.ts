import type { MqttClient } from 'mqtt';
import { matches } from './topics';

/** What is needed of one connection. */
export type Connection = Pick<MqttClient, 'subscribe'>;

export interface SubscriptionsOptions {
  /** Runs once, after `ms`. */
  readonly after: (ms: number, run: () => void) => { cancel(): void };
  /** Some filters stand that did not stand before: what was said on them until now was missed. */
  readonly onGranted?: () => void;
  /** Told when it changes which filters the broker refuses. */
  readonly onRefused: (filters: readonly string[]) => void;
  /** A message that is not JSON. */
  readonly onUnreadable: (topic: string, error: Error) => void;
}

interface Hearing {
  readonly filter: string;
  readonly take: (message: unknown, topic: string) => void;
}

/** A broker that says nothing to a SUBSCRIBE is asked again after this. */
const ANSWER_MS = 10_000;
/** What was refused is asked for again, less and less often: rights are given by people. */
const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 60_000] as const;
/** Reason codes from here on are refusals (MQTT 5, 3.9.3; MQTT 3.1.1 has 0x80 alone). */
const REFUSED = 0x80;

/**
 * What a client of the internal bus listens to. Asked for on every connection until the broker grants it: who is
 * connected and not subscribed looks well and hears nothing.
 */
export class Subscriptions {
  private readonly hearings: Hearing[] = [];
  private readonly granted = new Set<string>();
  private connection: Connection | null = null;
  private timer: { cancel(): void } | null = null;
  private refusals = 0;
  private refusedNow: readonly string[] = [];

  constructor(private readonly options: SubscriptionsOptions) {}

  /** Filters that the broker refused when it was asked last. */
  get refused(): readonly string[] {
    return this.refusedNow;
  }

  add(filter: string, take: Hearing['take']): void {
    this.hearings.push({ filter, take });
    if (this.connection) this.ask(this.connection, [filter]);
  }

  /** A connection is there: everything is asked for anew. */
  opened(connection: Connection): void {
    this.closed();
    this.connection = connection;
    this.ask(connection, this.missing());
  }

  /** It ended, or is about to. */
  closed(): void {
    this.timer?.cancel();
    this.connection = null;
    this.granted.clear();
    this.refusals = 0;
  }

  /** Hands a message to all who want it. An empty one takes a retained word back and says nothing. */
  deliver(topic: string, payload: Buffer): void {
    if (payload.length === 0) return;
    let message: unknown;
    try {
      message = JSON.parse(payload.toString('utf8'));
    } catch (error) {
      this.options.onUnreadable(topic, error as Error);
      return;
    }
    for (const { filter, take } of this.hearings) if (matches(filter, topic)) take(message, topic);
  }

  private missing(): string[] {
    const wanted = new Set(this.hearings.map(({ filter }) => filter));
    return [...wanted].filter((filter) => !this.granted.has(filter));
  }

  private ask(connection: Connection, filters: string[]): void {
    if (filters.length === 0) return;
    this.againAfter(ANSWER_MS);
    connection.subscribe(filters, { qos: 1 }, (_error, _subscriptions, packet) => {
      // mqtt.js makes one refusal an error of all: the packet says which.
      const codes = packet?.granted as number[] | undefined;
      if (this.connection === connection && codes?.length === filters.length) this.answered(filters, codes);
    });
  }

  private answered(filters: readonly string[], codes: readonly number[]): void {
    const granted = filters.filter((_, i) => (codes[i] as number) < REFUSED);
    granted.forEach((filter) => this.granted.add(filter));
    const refused = filters.filter((filter) => !this.granted.has(filter));
    this.say([...this.refusedNow.filter((filter) => !filters.includes(filter)), ...refused]);
    if (this.missing().length === 0) this.timer?.cancel();
    else if (refused.length > 0) this.againAfter(this.patience());
    if (granted.length > 0) this.options.onGranted?.();
  }

  private patience(): number {
    const ms = AGAIN_MS[Math.min(this.refusals, AGAIN_MS.length - 1)] as number;
    this.refusals += 1;
    return ms;
  }

  private againAfter(ms: number): void {
    this.timer?.cancel();
    this.timer = this.options.after(ms, () => {
      if (this.connection) this.ask(this.connection, this.missing());
    });
  }

  private say(refused: readonly string[]): void {
    const isNews = refused.join(' ') !== this.refusedNow.join(' ');
    this.refusedNow = refused;
    if (isNews) this.options.onRefused(refused);
  }
}
