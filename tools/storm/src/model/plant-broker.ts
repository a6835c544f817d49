import type { Kernel } from '../kernel/kernel';
import type { SimulatedProcess } from '../kernel/process';

/** What a device published at QoS 1. */
export interface DeviceMessage {
  readonly number: number;
  readonly topic: string;
  readonly payload: string;
}

interface Client {
  readonly inFlight: Map<number, { readonly packet: number; readonly message: DeviceMessage }>;
  readonly queue: DeviceMessage[];
  readonly topics: Set<string>;
  deliver:
    ((message: DeviceMessage, packet: number, flags: { dup: boolean; retain: boolean }) => void) | null;
  packets: number;
}

const MOST_IN_FLIGHT = 20;

/** A plant's MQTT broker: lasting sessions, QoS 1, at most 20 messages unacknowledged, retained words. */
export class PlantBroker {
  isUp = true;
  /** True time since when it has been up. */
  upSince = 0;
  /** True time since when it has been down; without end while it is up. */
  downSince = Infinity;
  private readonly clients = new Map<string, Client>();
  private readonly retained = new Map<string, DeviceMessage>();
  private messages = 0;
  /** Every message that a collector acknowledged (PUBACK): it is his from then on. */
  readonly acknowledged = new Map<number, DeviceMessage>();
  /** What collectors received, and when in true time. */
  readonly received: {
    readonly message: DeviceMessage;
    readonly at: number;
    readonly by: SimulatedProcess;
    /** It came as the copy that the broker had kept of its topic. */
    readonly isRetained: boolean;
  }[] = [];

  constructor(
    readonly kernel: Kernel,
    readonly id: string,
    /** Whether it sets DUP on what it sends again, as MQTT demands (3.1.1, 3.3.1.1); not every broker does. */
    private readonly sentAgain: 'marked' | 'unmarked' = 'marked',
  ) {}

  /** From a device. A broker that is down takes nothing. */
  publish(topic: string, payload: string, keep: 'retained' | 'passing'): boolean {
    if (!this.isUp) return false;
    const message = { number: ++this.messages, topic, payload };
    if (keep === 'retained') this.retained.set(topic, message);
    for (const client of this.clients.values())
      if (client.topics.has(topic)) {
        client.queue.push(message);
        this.send(client);
      }
    return true;
  }

  /** A client with a lasting session is there (again): what it did not acknowledge comes again, then what waited. */
  open(name: string, deliver: NonNullable<Client['deliver']>): void {
    const client = this.client(name);
    client.deliver = deliver;
    const unacknowledged = [...client.inFlight.values()];
    const dup = this.sentAgain === 'marked';
    for (const { message, packet } of unacknowledged) deliver(message, packet, { dup, retain: false });
    this.send(client);
  }

  /** A connection is gone, unless the client has come back by another one already. */
  close(name: string, deliver: NonNullable<Client['deliver']>): void {
    const client = this.client(name);
    if (client.deliver === deliver) client.deliver = null;
  }

  subscribe(name: string, topics: readonly string[]): void {
    const client = this.client(name);
    for (const topic of topics) {
      client.topics.add(topic);
      const kept = this.retained.get(topic);
      if (!kept) continue;
      const packet = this.nextPacket(client, kept);
      client.deliver?.(kept, packet, { dup: false, retain: true });
    }
  }

  unsubscribe(name: string, topics: readonly string[]): void {
    topics.forEach((topic) => this.client(name).topics.delete(topic));
  }

  /** A collector has it. */
  reached(by: SimulatedProcess, message: DeviceMessage, as: { readonly retain: boolean }): void {
    this.received.push({ message, at: this.kernel.now, by, isRetained: as.retain });
  }

  acknowledge(name: string, packet: number): void {
    const client = this.client(name);
    const sent = client.inFlight.get(packet);
    if (!sent) return;
    client.inFlight.delete(packet);
    this.acknowledged.set(sent.message.number, sent.message);
    this.send(client);
  }

  goDown(): void {
    this.kernel.note(this.id, 'down');
    this.isUp = false;
    this.downSince = this.kernel.now;
    for (const client of this.clients.values()) client.deliver = null;
  }

  comeUp(): void {
    this.kernel.note(this.id, 'up');
    this.isUp = true;
    this.upSince = this.kernel.now;
    this.downSince = Infinity;
  }

  private client(name: string): Client {
    let client = this.clients.get(name);
    if (!client)
      this.clients.set(
        name,
        (client = { inFlight: new Map(), queue: [], topics: new Set(), deliver: null, packets: 0 }),
      );
    return client;
  }

  private nextPacket(client: Client, message: DeviceMessage): number {
    const packet = ++client.packets;
    client.inFlight.set(packet, { packet, message });
    return packet;
  }

  private send(client: Client): void {
    while (client.deliver && client.inFlight.size < MOST_IN_FLIGHT) {
      const message = client.queue.shift();
      if (!message) return;
      client.deliver(message, this.nextPacket(client, message), { dup: false, retain: false });
    }
  }
}
