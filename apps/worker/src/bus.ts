import { Subscriptions } from '@linepack/bus';
import { ConditionMessage, LossUpdatedMessage, PartStatus, TOPIC } from '@linepack/contracts';
import mqtt, { type MqttClient } from 'mqtt';

/** What the worker says and hears on the internal bus. */
export class WorkerBus {
  private status: PartStatus | undefined;
  /** Retained by topic: a broker that keeps them in memory forgets them when it restarts, so they are said again. */
  private readonly retained = new Map<string, string>();

  private readonly subscriptions: Subscriptions;

  private constructor(
    private readonly client: MqttClient,
    onError: (message: string) => void,
  ) {
    this.subscriptions = new Subscriptions({
      after: (ms, run) => {
        const timer = setTimeout(run, ms).unref();
        return { cancel: () => clearTimeout(timer) };
      },
      onRefused: (filters) =>
        filters.length > 0 && onError(`it refuses to let us hear ${filters.join(', ')}`),
      onUnreadable: (topic, error) => onError(`${topic}: ${error.message}`),
    });
    client.on('message', (topic, payload) => this.subscriptions.deliver(topic, payload));
    client.on('close', () => this.subscriptions.closed());
    client.on('connect', () => {
      this.subscriptions.opened(client);
      for (const [topic, payload] of this.retained) client.publish(topic, payload, { qos: 1, retain: true });
    });
  }

  /**
   * Connects in the background and reconnects by itself. While the bus is away, messages wait in memory.
   * @param now microseconds, for the last will
   * @param onError each different connection error once
   */
  static connect(url: string, now: number, onError: (message: string) => void): WorkerBus {
    const will: PartStatus = { part: 'worker', state: 'down', at: now, detail: 'connection lost' };
    const client = mqtt.connect(url, {
      reconnectPeriod: 1_000,
      resubscribe: false,
      will: {
        topic: TOPIC.status('worker'),
        payload: Buffer.from(JSON.stringify(will)),
        qos: 1,
        retain: true,
      },
    });
    let last = '';
    client.on('error', (error) => {
      const message = error.message || String(error);
      if (message !== last) onError(message);
      last = message;
    });
    client.on('connect', () => (last = ''));
    return new WorkerBus(client, onError);
  }

  /** Topics that the bus does not let us hear. */
  get deafTo(): readonly string[] {
    return this.subscriptions.refused;
  }

  /** Retained state of this process. */
  publishStatus(status: PartStatus): void {
    this.status = PartStatus.parse(status);
    this.publishRetained(TOPIC.status('worker'), this.status);
  }

  /** Retained: raises (active) or returns the network-wide alarm of an area. */
  publishCondition(condition: ConditionMessage): void {
    this.publishRetained(TOPIC.condition('network', condition.alarmId), ConditionMessage.parse(condition));
  }

  publishLossUpdated(message: LossUpdatedMessage): void {
    this.client.publish(TOPIC.lossUpdated, JSON.stringify(LossUpdatedMessage.parse(message)), { qos: 1 });
  }

  onConfigurationChanged(listener: () => void): void {
    this.subscriptions.add(TOPIC.configurationChanged, listener);
  }

  /** Says goodbye and closes. */
  async close(now: number): Promise<void> {
    this.subscriptions.closed();
    if (this.client.connected) {
      const last: PartStatus = { ...this.status, part: 'worker', state: 'down', at: now, detail: 'stopped' };
      await this.client.publishAsync(TOPIC.status('worker'), JSON.stringify(last), { qos: 1, retain: true });
    }
    await this.client.endAsync(!this.client.connected);
  }

  private publishRetained(topic: string, message: object): void {
    const payload = JSON.stringify(message);
    this.retained.set(topic, payload);
    if (this.client.connected) this.client.publish(topic, payload, { qos: 1, retain: true });
  }
}
