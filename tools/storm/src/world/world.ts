import type { Kernel } from '../kernel/kernel';
import type { Random } from '../kernel/random';
import { ApiNode } from './api-node';
import { CollectorNode, type Witness } from './collector-node';
import { FAULTS } from './faults';
import { Plant } from './plant';
import { planWorkerFaults, WORKER_FAULTS } from './worker-faults';
import { WorkerNode } from './worker-node';
import { WorkerComputer } from './worker-process';

/** How long the storm rages after a quiet beginning, s. */
const CALM_BEFORE_S = 25;
const STORM_S = 200;
/** So long a gust lasts, in which faults come together, s. */
const GUST_S = 15;
/** In the end nobody gives commands any more, s. */
const REST_S = 10;
/** Everything must settle within this, s. */
export const QUIET_S = 70;
/** Late data rests for a minute before a day is worked out again; with the worker everything must settle within this, s. */
const WORKED_OFF_S = 115;

/** One seed's whole story: plant, collectors, api, operators, worker, and the faults among them. */
export class World {
  readonly plant: Plant;
  readonly collectors: readonly CollectorNode[];
  readonly api: ApiNode;
  /** In every other seed the real one. */
  readonly worker: WorkerNode | WorkerComputer;
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
    this.quietUs = kernel.now + (CALM_BEFORE_S + STORM_S) * 1e6;
    this.worker = random.stream('which worker').chance(0.5)
      ? new WorkerComputer(this.plant, random.stream('worker'), this.quietUs)
      : new WorkerNode(this.plant, random.stream('worker'));
    for (const node of this.collectors)
      kernel.after(random.chance(0.7) ? random.between(0, 3_000) : random.between(0, 60_000), () =>
        node.start(),
      );
    this.supervise();
    this.endUs = this.quietUs + (this.worker instanceof WorkerComputer ? WORKED_OFF_S : QUIET_S) * 1e6;
    this.planFaults(random.stream('faults'));
    this.engineer(random.stream('engineer'));
    this.darken(random.stream('dark'));
    this.deafen(random.stream('deaf'));
    if (this.worker instanceof WorkerComputer)
      this.troubleWorker(this.worker, random.stream('worker faults'));
    kernel.at(this.quietUs, () => this.quiet());
    kernel.at(this.endUs - REST_S * 1e6, () => this.api.quiet());
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
      if (this.worker instanceof WorkerComputer) this.worker.restartIfDead();
      this.supervise();
    });
  }

  /** Somebody sets a limit anew, now and then, in fair weather and in foul. */
  private engineer(random: Random): void {
    this.kernel.after(random.between(25_000, 90_000), () => {
      if (this.isQuiet) return;
      FAULTS['limitChanges']?.(this, random);
      this.engineer(random);
    });
  }

  /** A whole station goes dark for longer than it takes to say so, or was dark before anybody looked. */
  private darken(random: Random): void {
    if (!random.chance(0.5)) return;
    const beginS = random.chance(0.5) ? 0 : random.between(CALM_BEFORE_S, STORM_S / 2);
    const devices = this.plant.devices.filter((d) => d.topic.startsWith('plant/gamma'));
    this.kernel.after(beginS * 1_000, () =>
      this.begin('stationGoesDark', random.between(70, 120), () => {
        devices.forEach((device) => device.die());
        return () => devices.forEach((device) => device.live());
      }),
    );
  }

  /**
   * Nothing of the bus reaches a collector, no acknowledgement either, long enough for several events of one alarm: all of
   * them arrived, and are said again.
   */
  private deafen(random: Random): void {
    if (!random.chance(0.5)) return;
    const { bus } = random.pick(this.collectors).routes;
    this.kernel.after(random.between(CALM_BEFORE_S, STORM_S / 2) * 1_000, () =>
      this.begin('busIsNotHeard', random.between(12, 20), () => {
        bus.set('deaf');
        return () => bus.set('open');
      }),
    );
  }

  private planFaults(random: Random): void {
    // Some kinds only, so that each of them meets each other one by itself in some seed.
    const kinds = Object.keys(FAULTS).filter(() => random.chance(0.3));
    if (kinds.length === 0) return;
    const count = random.whole(5, 22);
    // Troubles come together: what one alone does not show, the next one meets half done.
    const gusts = Array.from({ length: random.whole(1, 4) }, () =>
      random.between(CALM_BEFORE_S, CALM_BEFORE_S + STORM_S - GUST_S),
    );
    for (let i = 0; i < count; i += 1) {
      const kind = random.pick(kinds);
      const alone = random.between(random.chance(0.1) ? 0 : CALM_BEFORE_S, CALM_BEFORE_S + STORM_S);
      const beginS = random.chance(0.6) ? random.pick(gusts) + random.between(0, GUST_S) : alone;
      const lengthS = random.chance(0.5) ? random.between(0.3, 6) : random.between(6, 50);
      this.kernel.after(beginS * 1_000, () => {
        const fault = random.stream(`fault ${i}`);
        this.begin(kind, lengthS, () => FAULTS[kind]?.(this, fault));
      });
    }
  }

  private troubleWorker(worker: WorkerComputer, random: Random): void {
    const span = { fromS: 0, toS: CALM_BEFORE_S + STORM_S };
    planWorkerFaults(random, span, (kind, lengthS, beginS) => {
      const fault = random.stream(`${kind} ${beginS}`);
      this.kernel.after(beginS * 1_000, () =>
        this.begin(kind, lengthS, () => WORKER_FAULTS[kind]?.(worker, this, fault)),
      );
    });
  }

  private begin(kind: string, lengthS: number, fault: () => (() => void) | undefined): void {
    this.kernel.note('fault', `${kind} for ${lengthS.toFixed(1)} s`);
    const end = fault();
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
    this.collectors.forEach((node) => node.start());
  }
}
