import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DEMO_TAGS, STATUS, topicOf, type InstrumentPanel } from '@linepack/simulation';
import { Aedes } from 'aedes';

const WORD = (status: number): string => (status === STATUS.good ? 'good' : 'bad');

/** The plant's own MQTT broker with the devices of the CNG station and the industrial users behind it. */
export class PlantBroker {
  private readonly sockets = new Set<Socket>();
  private readonly devices = new Map<string, number[]>();

  private constructor(
    private readonly broker: Aedes,
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
    for (const [i, tag] of DEMO_TAGS.entries()) {
      if (tag.station.server !== 'mqtt-users') continue;
      const topic = topicOf(tag.station.id, tag.spec.id);
      this.devices.set(topic, [...(this.devices.get(topic) ?? []), i]);
    }
  }

  /** @throws the system's error when the port cannot be had */
  static async start(host: string, port: number): Promise<PlantBroker> {
    const broker = await Aedes.createBroker();
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new PlantBroker(broker, server, (server.address() as AddressInfo).port);
  }

  /**
   * Every device with a fresh tag sends its message, QoS 1: `{ ts, values: {tag: number}, quality: {tag: word} }`.
   * A device without communication is silent.
   */
  publish(panel: InstrumentPanel, tags: Iterable<number>, timeMs: number): void {
    const fresh = new Set(tags);
    for (const [topic, members] of this.devices) {
      if (!members.some((i) => fresh.has(i))) continue;
      if (members.some((i) => panel.status[i] === STATUS.noCommunication)) continue;
      const message = {
        ts: timeMs,
        values: Object.fromEntries(members.map((i) => [DEMO_TAGS[i]?.spec.id, panel.values[i]])),
        quality: Object.fromEntries(
          members.map((i) => [DEMO_TAGS[i]?.spec.id, WORD(panel.status[i] as number)]),
        ),
      };
      this.broker.publish(
        {
          cmd: 'publish',
          topic,
          payload: Buffer.from(JSON.stringify(message)),
          qos: 1,
          retain: false,
          dup: false,
        },
        (error) => {
          if (error) process.emitWarning(`${topic}: not published: ${error.message}`);
        },
      );
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    await new Promise<void>((resolve) => this.broker.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
