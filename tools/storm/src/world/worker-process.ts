import { TOPIC, type ConditionMessage, type PartStatus } from '@linepack/contracts';
import { Worker } from '../../../../apps/worker/src/worker';
import type { WorkerParts } from '../../../../apps/worker/src/worker';
import { Computer, SimulatedProcess } from '../kernel/process';
import type { Random } from '../kernel/random';
import { BusClient } from '../model/bus-client';
import { DatabaseLink } from '../model/database-server';
import { Route } from '../model/line';
import { workerStoreOver } from '../model/worker-repositories';
import { withLoss, type LossArea, type LossConfiguration } from './loss-network';
import { MeterFeed } from './meters';
import type { Plant } from './plant';

const RESTART_US = 2e6;
const SECOND_US = 1e6;
const MINUTE_US = 60 * SECOND_US;
/** What was measured so long before the storm is rolled up already. */
const ROLLED_US = 30 * MINUTE_US;

/** When gas days of the areas end, minutes from the storm's beginning at 08:00 in Shanghai. */
const CUT_OFFS = [-3, -2, -1, -1, 0, 0];

/** The computer with the worker on it: the real one, and the meters and areas whose days it closes. */
export class WorkerComputer {
  readonly computer: Computer;
  readonly route: Route;
  readonly feed: MeterFeed;
  readonly configurations: LossConfiguration[];
  process: SimulatedProcess | null = null;
  running: Worker | null = null;
  /** What an area's alarm must be is said by the results, in the end. */
  readonly standing = { active: false, at: Infinity };
  isKeptDown = false;
  private lives = 0;
  private diedAt = 0;
  private readonly broken: LossArea | null;

  constructor(
    private readonly plant: Plant,
    random: Random,
    quietUs: number,
  ) {
    const { kernel, database } = plant;
    this.computer = new Computer('worker', kernel);
    this.computer.clockOffset = Math.round(random.between(-300_000, 300_000));
    this.route = new Route(kernel, 'worker-bus');
    const areas = ['north', 'south', 'east'].map((id) => areaOf(id, random, kernel.now));
    this.configurations = [{ from: 0, areas, version: 1 }];
    this.broken = random.chance(0.3) ? (areas[0] as LossArea) : null;
    const rolled = Math.floor((kernel.now - ROLLED_US) / MINUTE_US) * MINUTE_US;
    database.work.rollup = { claimedTo: rolled, rolledTo: rolled } as typeof database.work.rollup;
    database.work.networkAt = this.networkReader();
    const cutOffs = areas.map((area) => area.cutOff);
    this.feed = new MeterFeed(plant, random.stream('meters'), quietUs, cutOffs);
    kernel.after(random.chance(0.8) ? random.between(0, 3_000) : random.between(0, 100_000), () =>
      this.start(),
    );
  }

  get isAlive(): boolean {
    return this.process?.isAlive ?? false;
  }

  /** An import that is in force from now on. */
  configure(areas: readonly LossArea[]): void {
    const { now } = this.plant.kernel;
    this.plant.kernel.note('operator', `areas: ${areas.map((a) => a.id).join(', ')}`);
    this.configurations.push({ from: now, areas, version: this.configurations.length + 1 });
  }

  /** The areas that are configured now. */
  get areas(): readonly LossArea[] {
    return (this.configurations.at(-1) as LossConfiguration).areas;
  }

  start(): void {
    this.isKeptDown = false;
    this.process?.killAfterActions(Infinity);
    if (this.isAlive) return;
    const process = new SimulatedProcess(this.computer, ++this.lives);
    this.process = process;
    this.plant.kernel.note(process.name, 'starts');
    process.onEnd(() => (this.diedAt = this.plant.kernel.now));
    this.running = new Worker(this.parts(process));
    this.running.start();
  }

  kill(why: string): void {
    this.process?.kill(why);
    this.running = null;
  }

  restartIfDead(): void {
    const isOver = this.plant.kernel.now - this.diedAt > RESTART_US;
    if (!this.isAlive && !this.isKeptDown && this.lives > 0 && isOver) this.start();
  }

  quiet(): void {
    this.computer.clockOffset = 0;
    this.feed.quiet();
    this.start();
  }

  private parts(process: SimulatedProcess): WorkerParts {
    const { kernel, database } = this.plant;
    const log = (_: unknown, text?: string): void => kernel.note(process.name, `log: ${text ?? ''}`);
    return {
      store: workerStoreOver(new DatabaseLink(process, database), database),
      bus: this.bus(process),
      log: {
        info: log,
        error: (what: object, text?: string) => kernel.note(process.name, `${text}: ${said(what)}`),
      } as WorkerParts['log'],
      plantFile: undefined,
      time: { ...process.time, after: (ms, run) => process.time.after(wholeMs(ms), run) },
    };
  }

  /** The bus as the worker has it (`apps/worker/src/bus.ts`), on the model. */
  private bus(process: SimulatedProcess): WorkerParts['bus'] {
    const { kernel, bus: broker } = this.plant;
    const client = new BusClient({ process, broker, route: this.route, will: null });
    const retained = new Map<string, object>();
    const keep = (topic: string, message: object): void => {
      retained.set(topic, message);
      if (client.isConnected) client.tell(topic, message, { keep: 'retained' });
    };
    client.onConnect(() =>
      retained.forEach((message, topic) => client.tell(topic, message, { keep: 'retained' })),
    );
    return {
      deafTo: [],
      publishStatus: (status: PartStatus) => keep(TOPIC.status('worker'), status),
      publishCondition: (condition: ConditionMessage) => {
        const { alarmId, active, subject, order } = condition;
        kernel.note(process.name, `tells ${alarmId} ${active ? 'breach' : 'none'} of ${subject} (${order})`);
        keep(TOPIC.condition('network', alarmId), condition);
      },
      publishLossUpdated: (message) => client.tell(TOPIC.lossUpdated, message),
      onConfigurationChanged: (listener) => client.subscribe(TOPIC.configurationChanged, listener),
    };
  }

  /** Each configuration is made once; what is asked for again and again is the same object. */
  private networkReader() {
    const made = new Map<number, ReturnType<typeof withLoss>>();
    return (at: number) => {
      const found = this.configurations.findLast((c) => c.from <= at);
      const base = this.plant.database.network;
      if (!found || !base) return null;
      const snapshot = made.get(found.version) ?? withLoss(base, found, this.broken);
      made.set(found.version, snapshot);
      return snapshot;
    };
  }
}

/** As the timers of Node, which know no less than a millisecond. */
const wholeMs = (ms: number): number => Math.max(1, Math.ceil(ms));

const said = (what: object): string => String((what as { error?: unknown }).error ?? '');

function areaOf(id: string, random: Random, startUs: number): LossArea {
  const minutes = random.pick(CUT_OFFS);
  const cutOff = startUs + minutes * MINUTE_US;
  const hourOf = (zone: number): string =>
    new Date(cutOff / 1_000 + zone * 3_600_000).toISOString().slice(11, 16);
  const gasDay = random.pick([
    { start: hourOf(8), timeZone: 'Asia/Shanghai' },
    { start: hourOf(0), timeZone: 'Etc/UTC' },
    { start: hourOf(1), timeZone: 'Europe/Berlin' },
  ]);
  return { id, input: 'in', outputs: ['out', 'side'], cutOff, gasDay };
}
