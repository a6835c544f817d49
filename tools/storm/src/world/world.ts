import type { Kernel } from '../kernel/kernel';
import type { Random } from '../kernel/random';
import { ApiNode } from './api-node';
import { CollectorNode, type Witness } from './collector-node';
import { FAULTS } from './faults';
import { Plant } from './plant';
import { WorkerNode } from './worker-node';

/** How long the storm rages after a quiet beginning, s. */
const CALM_BEFORE_S = 25;
const STORM_S = 200;
/** Everything must settle within this, s. */
export const QUIET_S = 70;

/** One seed's whole story: plant, collectors, api, operators, worker, and the faults among them. */
export class World {
  readonly plant: Plant;
  readonly collectors: readonly CollectorNode[];
  readonly api: ApiNode;
  readonly worker: WorkerNode;
  readonly endUs: number;
  readonly quietUs: number;
  private readonly endings = new Set<() => void>();

  constructor(
    readonly kernel: Kernel,
    witness: Witness,
  ) {
    const random = kernel.random.stream('world');
    this.plant = new Plant(kernel);
    const count = random.pick([1, 1, 2, 2, 3]);
    this.collectors = ['one', 'two', 'three'].slice(0, count).map((name) => {
      const node = new CollectorNode(name, this.plant, witness);
      node.computer.clockOffset = Math.round(random.between(-300_000, 300_000));
      return node;
    });
    this.api = new ApiNode(this.plant, random.stream('operator'));
    this.worker = new WorkerNode(this.plant, random.stream('worker'));
    for (const node of this.collectors)
      kernel.after(random.chance(0.7) ? random.between(0, 3_000) : random.between(0, 60_000), () =>
        node.start(),
      );
    this.supervise();
    this.quietUs = kernel.now + (CALM_BEFORE_S + STORM_S) * 1e6;
    this.endUs = this.quietUs + QUIET_S * 1e6;
    this.planFaults(random.stream('faults'));
    kernel.at(this.quietUs, () => this.quiet());
  }

  get isQuiet(): boolean {
    return this.kernel.now >= this.quietUs;
  }

  /** True times since when the bus is up and each one's way to it is open; without end where it is not. */
  busSince(): number[] {
    const { bus } = this.plant;
    const ways = [
      ...this.collectors.filter((c) => c.isAlive).map((c) => c.routes.bus),
      this.api.route,
      this.worker.route,
    ];
    return [
      bus.isUp ? bus.upSince : Infinity,
      ...ways.map((r) => (r.state === 'open' ? r.openSince : Infinity)),
    ];
  }

  private supervise(): void {
    this.kernel.after(1_000, () => {
      this.collectors.forEach((node) => node.restartIfDead());
      this.supervise();
    });
  }

  private planFaults(random: Random): void {
    // Some kinds only, so that each of them meets each other one by itself in some seed.
    const kinds = Object.keys(FAULTS).filter(() => random.chance(0.3));
    if (kinds.length === 0) return;
    const count = random.whole(5, 22);
    for (let i = 0; i < count; i += 1) {
      const kind = random.pick(kinds);
      const beginS = random.between(random.chance(0.1) ? 0 : CALM_BEFORE_S, CALM_BEFORE_S + STORM_S);
      const lengthS = random.chance(0.5) ? random.between(0.3, 6) : random.between(6, 50);
      this.kernel.after(beginS * 1_000, () => this.begin(kind, lengthS, random.stream(`fault ${i}`)));
    }
  }

  private begin(kind: string, lengthS: number, random: Random): void {
    this.kernel.note('fault', `${kind} for ${lengthS.toFixed(1)} s`);
    const end = FAULTS[kind]?.(this, random);
    if (!end) return;
    const once = (): void => {
      if (!this.endings.delete(once)) return;
      this.kernel.note('fault', `${kind} ends`);
      end();
      if (kind.startsWith('database')) this.api.seed();
    };
    this.endings.add(once);
    this.kernel.after(lengthS * 1_000, once);
  }

  /** Every fault ends, every collector runs, and nothing changes any more. */
  private quiet(): void {
    this.kernel.note('world', 'quiet');
    for (const end of [...this.endings]) end();
    this.plant.truth.quiet();
    this.worker.quiet();
    this.collectors.forEach((node) => {
      node.restartIfIll();
      node.start();
    });
  }
}
