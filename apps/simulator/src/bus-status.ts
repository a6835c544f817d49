import { PartStatus, TOPIC } from '@linepack/contracts';
import { microsFromMs } from '@linepack/network';
import mqtt, { type MqttClient } from 'mqtt';

const SAY_AGAIN_MS = 10_000;

/** Says on the internal bus how the simulator is: retained, with a last will. */
export class BusStatus {
  private readonly client: MqttClient;
  private last: PartStatus | undefined;

  /**
   * Connects in the background and reconnects by itself.
   * @param onError each different connection error once
   */
  constructor(url: string, nowMs: number, onError: (message: string) => void) {
    const will = this.status('down', 'connection lost', nowMs);
    this.client = mqtt.connect(url, {
      reconnectPeriod: 1_000,
      will: {
        topic: TOPIC.status('simulator'),
        payload: Buffer.from(JSON.stringify(will)),
        qos: 1,
        retain: true,
      },
    });
    let before = '';
    this.client.on('error', (error) => {
      const message = error.message || String(error);
      if (message !== before) onError(message);
      before = message;
    });
    this.client.on('connect', () => {
      before = '';
      this.send();
    });
  }

  /** Publishes a changed state at once, the same one every ten seconds. */
  say(state: PartStatus['state'], detail: string, nowMs: number): void {
    const next = this.status(state, detail, nowMs);
    const news = this.last?.state !== state || this.last.detail !== detail;
    if (!news && next.at - (this.last?.at ?? 0) < microsFromMs(SAY_AGAIN_MS)) return;
    this.last = next;
    this.send();
  }

  /** Says goodbye and closes. */
  async close(nowMs: number): Promise<void> {
    this.last = this.status('down', 'stopped', nowMs);
    if (this.client.connected)
      await this.client.publishAsync(TOPIC.status('simulator'), JSON.stringify(this.last), {
        qos: 1,
        retain: true,
      });
    await this.client.endAsync(!this.client.connected);
  }

  private status(state: PartStatus['state'], detail: string, nowMs: number): PartStatus {
    return PartStatus.parse({ part: 'simulator', state, at: microsFromMs(nowMs), detail });
  }

  private send(): void {
    if (!this.last || !this.client.connected) return;
    this.client.publish(TOPIC.status('simulator'), JSON.stringify(this.last), { qos: 1, retain: true });
  }
}
