import { TOPIC, type ConditionMessage } from '@linepack/contracts';
import { Computer, SimulatedProcess } from '../kernel/process';
import type { Random } from '../kernel/random';
import { BusClient } from '../model/bus-client';
import { Route } from '../model/line';
import type { Plant } from './plant';

export const AREA_ALARM = 'area:west:loss';

/** The worker as the alarm engine meets it: it says of each closed day whether an area's loss is too high. */
export class WorkerNode {
  readonly route: Route;
  readonly bus: BusClient;
  /** What it said last, and when in true time. */
  standing: { active: boolean; day: number; at: number };
  private isQuiet = false;

  constructor(
    private readonly plant: Plant,
    private readonly random: Random,
  ) {
    const { kernel } = plant;
    const process = new SimulatedProcess(new Computer('worker', kernel), 1);
    this.route = new Route(kernel, 'worker-bus');
    this.bus = new BusClient({ process, broker: plant.bus, route: this.route, will: null });
    this.standing = { active: false, day: 1, at: kernel.now };
    // A broker that keeps retained words in memory forgets them: they are said again on every connection.
    this.bus.onConnect(() => this.tell());
    this.close();
  }

  quiet(): void {
    this.isQuiet = true;
  }

  /** A day is closed now and then. */
  private close(): void {
    this.plant.kernel.after(this.random.between(20_000, 70_000), () => {
      if (this.isQuiet) return;
      const { active, day } = this.standing;
      this.standing = {
        active: this.random.chance(0.6) ? !active : active,
        day: day + 1,
        at: this.plant.kernel.now,
      };
      this.plant.kernel.note('worker', `day ${day + 1}: ${this.standing.active ? 'breach' : 'within'}`);
      this.tell();
      this.close();
    });
  }

  private tell(): void {
    const { active, day, at } = this.standing;
    const message: ConditionMessage = {
      alarmId: AREA_ALARM,
      areaId: 'west',
      stationId: null,
      class: 'loss',
      condition: 'loss',
      priority: 2,
      name: { zh: '西区', en: 'West' },
      active,
      at,
      value: active ? 1.5 : 0.2,
      limit: 1,
      unit: '%',
      subject: `day ${day}`,
      order: day,
    };
    this.bus.tell(TOPIC.condition('network', AREA_ALARM), message, { keep: 'retained' });
  }
}
