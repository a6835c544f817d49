import type { Kernel } from '../kernel/kernel';
import { BusBroker } from '../model/bus-broker';
import { DatabaseServer } from '../model/database-server';
import { OpcUaServer } from '../model/opcua-server';
import { PlantBroker } from '../model/plant-broker';
import { Device, numbered } from './device';
import { BROKER, PLC, TAGS, keyOf, networkWith, type LimitChange } from './network';
import { PlantTruth } from './truth';

/** Everything outside of our own processes: the plant, its servers and devices, the database, the bus. */
export class Plant {
  readonly truth: PlantTruth;
  readonly plc: OpcUaServer;
  readonly broker: PlantBroker;
  readonly devices: readonly Device[];
  readonly database: DatabaseServer;
  readonly bus: BusBroker;
  private changes = 0;
  readonly limitChanges: (LimitChange & { readonly at: number })[] = [];

  constructor(readonly kernel: Kernel) {
    const random = kernel.random.stream('plant');
    this.truth = new PlantTruth(kernel, random.stream('truth'));
    this.plc = new OpcUaServer(kernel, PLC);
    this.broker = new PlantBroker(kernel, BROKER, random.chance(0.7) ? 'marked' : 'unmarked');
    this.database = new DatabaseServer(kernel, random.between(-300_000, 300_000));
    this.bus = new BusBroker(kernel);
    this.database.network = networkWith([], kernel.now);
    for (const tag of TAGS) if ('node' in tag.at) this.plc.set(tag.at.node, this.truth.valueOf(keyOf(tag)));
    this.devices = ['plant/beta', 'plant/gamma', 'plant/gamma/raw'].map((topic) => this.device(topic));
    this.truth.onStep((key, value) => this.stepped(key, value));
  }

  deviceOf(key: string): Device | undefined {
    return this.devices.find((d) => d.keys.includes(key));
  }

  /** Changes a limit, as an import of the network file does. */
  changeLimit(change: LimitChange): void {
    this.kernel.note('operator', `limit H of ${change.key} is ${change.H ?? 'gone'}`);
    this.limitChanges.push({ ...change, at: this.kernel.now });
    this.database.network = networkWith(this.limitChanges, this.kernel.now);
  }

  private stepped(key: string, value: number): void {
    const tag = TAGS.find((t) => keyOf(t) === key);
    if (tag && 'node' in tag.at) this.plc.set(tag.at.node, numbered(value, (this.changes += 1)));
    else this.deviceOf(key)?.report();
  }

  private device(topic: string): Device {
    const paths = new Map(
      TAGS.flatMap((t) => ('topic' in t.at && t.at.topic === topic ? [[keyOf(t), t.at.path] as const] : [])),
    );
    return new Device({
      kernel: this.kernel,
      random: this.kernel.random.stream(`device ${topic}`),
      broker: this.broker,
      topic,
      paths,
      valueOf: (key) => this.truth.valueOf(key),
      stamps: topic.endsWith('raw') ? 'unstamped' : 'stamped',
    });
  }
}
