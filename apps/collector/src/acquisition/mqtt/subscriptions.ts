import type { MqttClient } from 'mqtt';
import { within, type Time, type Timer } from '../../time';

const QOS = 1;
/** Topics in one SUBSCRIBE. */
const PER_PACKET = 100;
const ANSWER_MS = 10_000;
/** What was refused is asked for again, less and less often: rights are given by people. */
const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 60_000] as const;
/** Reason codes from here on are refusals (MQTT 5, 3.9.3; MQTT 3.1.1 has 0x80 alone). */
const REFUSED = 0x80;

/** What became of the topics that are asked for. */
export interface SubscriptionListener {
  /** Called for each answer of the broker, with what is new in it. */
  answered(granted: readonly string[], refused: ReadonlyMap<string, number>): void;
  /** The broker did not answer, or not as it should: the connection is of no use. */
  failed(error: Error): void;
}

/**
 * The topics subscribed to on one connection, made to agree with those that are wanted. A refused topic does not keep the
 * others from being heard, and is asked for again at intervals.
 */
export class Subscriptions {
  private readonly granted = new Set<string>();
  private readonly refusals = new Map<string, number>();
  /** Topics of former times, each left once: at most as many as the session has. */
  private readonly leaving = new Set<string>();
  private working: Promise<void> = Promise.resolve();
  private retry: Timer | null = null;
  private retries = 0;
  private stopped = false;

  constructor(
    private readonly client: MqttClient,
    private readonly time: Time,
    private readonly listener: SubscriptionListener,
  ) {}

  /** From now on these topics and no others; the broker is asked for `anew` also where they are subscribed to. */
  want(topics: readonly string[], anew: readonly string[] = topics): Promise<void> {
    const wanted = new Set(topics);
    wanted.forEach((topic) => this.leaving.delete(topic));
    return this.then(async () => {
      await this.unsubscribe(
        [...this.granted, ...this.refusals.keys()].filter((topic) => !wanted.has(topic)),
      );
      const asked = new Set(anew);
      await this.ask(topics.filter((t) => asked.has(t) || !(this.granted.has(t) || this.refusals.has(t))));
    });
  }

  /** A topic that nobody asked for on this connection comes all the same. */
  leave(topic: string): Promise<void> {
    if (this.leaving.has(topic)) return this.working;
    this.leaving.add(topic);
    return this.then(() => this.unsubscribe([topic]));
  }

  /** Resolves when the broker has answered all that was asked. */
  settled(): Promise<void> {
    return this.working;
  }

  stop(): void {
    this.stopped = true;
    this.retry?.cancel();
  }

  private then(work: () => Promise<void>): Promise<void> {
    this.working = this.working.then(work).catch((error: Error) => {
      if (!this.stopped) this.listener.failed(error);
    });
    return this.working;
  }

  private async ask(topics: readonly string[]): Promise<void> {
    // With nothing to ask for there is an answer, too: that all is as it is wanted.
    for (let at = 0; at === 0 || at < topics.length; at += PER_PACKET) {
      const some = topics.slice(at, at + PER_PACKET);
      const codes = some.length === 0 ? [] : await within(this.time, ANSWER_MS, subscribe(this.client, some));
      const coded = some.map((topic, i) => [topic, codes[i] as number] as const);
      const granted = coded.filter(([, code]) => code < REFUSED).map(([topic]) => topic);
      const refused = new Map(coded.filter(([, code]) => code >= REFUSED));
      granted.forEach((topic) => {
        this.granted.add(topic);
        this.refusals.delete(topic);
      });
      refused.forEach((code, topic) => {
        this.refusals.set(topic, code);
        this.granted.delete(topic);
      });
      if (!this.stopped) this.listener.answered(granted, refused);
    }
    this.again();
  }

  private async unsubscribe(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    for (const topic of topics) {
      this.granted.delete(topic);
      this.refusals.delete(topic);
    }
    await within(this.time, ANSWER_MS, this.client.unsubscribeAsync([...topics]));
  }

  private again(): void {
    this.retry?.cancel();
    this.retry = null;
    if (this.refusals.size === 0) this.retries = 0;
    if (this.refusals.size === 0 || this.stopped) return;
    const ms = AGAIN_MS[Math.min(this.retries, AGAIN_MS.length - 1)] as number;
    this.retries += 1;
    this.retry = this.time.after(ms, () => void this.then(() => this.ask([...this.refusals.keys()])));
  }
}

/** One SUBSCRIBE. @returns the broker's codes, one a topic: mqtt.js makes one refusal an error of all of them */
const subscribe = (client: MqttClient, topics: readonly string[]): Promise<number[]> =>
  new Promise((resolve, reject) => {
    client.subscribe([...topics], { qos: QOS }, (error, _subscriptions, packet) => {
      const codes = packet?.granted as number[] | undefined;
      if (codes?.length === topics.length) resolve(codes);
      else
        reject(
          error ?? new Error(`expected ${topics.length} codes in a SUBACK, got ${codes?.length ?? 'none'}`),
        );
    });
  });
