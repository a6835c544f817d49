import { randomUUID } from 'node:crypto';
import {
  TOPIC,
  type AlarmEvent,
  type AlarmEventMessage,
  type AlarmTableMessage,
  type PartStatus,
} from '@linepack/contracts';
import type { SourceId } from '@linepack/network';
import type { SampleWriter, AlarmRepository, CoverageRepository } from '@linepack/store';
import { assemble, type Assembled } from '../../../../apps/collector/src/assemble';
import type { MakeSource, PlantSource } from '../../../../apps/collector/src/acquisition/source';
import { JsonFile } from '../../../../apps/collector/src/configuration/json-file';
import { DatabaseDestination, parseEntry } from '../../../../apps/collector/src/write/entry';
import { RefusedFile } from '../../../../apps/collector/src/write/refused-file';
import { Spool } from '../../../../apps/collector/src/write/spool';
import { SimulatedMedium } from '../../../../apps/collector/test/simulated-disk';
import type { Kernel } from '../kernel/kernel';
import { Computer, SimulatedProcess } from '../kernel/process';
import { BusClient } from '../model/bus-client';
import { DatabaseLink } from '../model/database-server';
import { Route } from '../model/line';
import { MqttSourceModel } from '../model/mqtt-source';
import { OpcUaSourceModel } from '../model/opcua-source';
import { repositoriesOver } from '../model/repositories';
import type { Plant } from './plant';

/** A small spool, so that it fills up within a storm. Bytes. */
const SPOOL_BYTES = 60_000;
const SEGMENT_BYTES = 8_000;
const RESTART_S = 2;
const STATUS = TOPIC.status('collector');

/** What a collector said to everybody. */
export interface Said {
  readonly at: number;
  readonly process: SimulatedProcess;
}
export interface SaidEvent extends Said {
  readonly event: AlarmEvent;
  readonly epoch: number;
}
export interface SaidTable extends Said {
  readonly table: AlarmTableMessage;
}

/** What the storm hears of every collector, whether or not the bus carried it. */
export interface Witness {
  event(said: SaidEvent): void;
  table(said: SaidTable): void;
  /** What a collector says of itself. */
  status(process: SimulatedProcess, status: PartStatus): void;
}

/** A computer with a collector on it: its disk stays, its processes come and go, each the real collector. */
export class CollectorNode {
  readonly computer: Computer;
  readonly medium: SimulatedMedium;
  readonly routes: { readonly bus: Route; readonly plc: Route; readonly broker: Route };
  process: SimulatedProcess | null = null;
  running: Assembled | null = null;
  readonly sources = new Map<SourceId, PlantSource>();
  /** True time since when its disk has been taking everything. */
  diskWellSince: number;
  /** True time since when its disk has had room: what one that fails does not take waits in memory. */
  roomSince: number;
  /** True time since when it has been able to reach the database. */
  databaseSince: number;
  /** It did not know all that had been told when it began, or could not read its disk for a while. */
  forgotten = false;
  /** Killed by the story, which starts it again itself. */
  isKeptDown = false;
  private diedAt = 0;
  private lives = 0;

  constructor(
    readonly name: string,
    private readonly plant: Plant,
    private readonly witness: Witness,
  ) {
    const { kernel } = plant;
    const random = kernel.random.stream(`disk ${name}`);
    this.computer = new Computer(name, kernel);
    this.diskWellSince = this.databaseSince = this.roomSince = kernel.now;
    this.routes = {
      bus: new Route(kernel, `${name}-bus`),
      plc: new Route(kernel, `${name}-plc`),
      broker: new Route(kernel, `${name}-broker`),
    };
    this.medium = new SimulatedMedium({
      random: () => random.fraction(),
      pause: () => this.pause(random.between(0.05, 1.5)),
    });
  }

  get kernel(): Kernel {
    return this.plant.kernel;
  }
  get isAlive(): boolean {
    return this.process?.isAlive ?? false;
  }

  /** Starts a process, unless one runs. One that cannot open its disk ends, and is started again like any that died. */
  start(): void {
    this.isKeptDown = false;
    // One that was to die in the middle of its work and had none to do lives on.
    this.process?.killAfterActions(Infinity);
    if (this.isAlive) return;
    const process = new SimulatedProcess(this.computer, ++this.lives);
    this.process = process;
    this.sources.clear();
    this.kernel.note(process.name, 'starts');
    // It goes on from its copy, which may be a second older than what was told.
    const { database } = this.plant;
    if (!database.answers(this.name) || !database.isWell) this.forgotten = true;
    process.onEnd(() => {
      this.medium.kill();
      this.diedAt = this.kernel.now;
    });
    try {
      this.running = this.assembled(process);
      this.running.start();
    } catch (error) {
      this.kernel.note(process.name, `cannot start: ${(error as Error).message}`);
      this.kill('cannot start');
    }
  }

  kill(why: string): void {
    this.process?.kill(why);
    this.running = null;
  }

  powerCut(): void {
    this.kill('power cut');
    this.medium.powerCut();
  }

  diskIsIll(): void {
    this.diskWellSince = Infinity;
  }

  diskIsWell(): void {
    this.diskWellSince = this.kernel.now;
  }

  /** Whoever died of itself is started again, as the launcher does; in the storm by the world. */
  restartIfDead(): void {
    if (
      !this.isAlive &&
      !this.isKeptDown &&
      this.lives > 0 &&
      this.kernel.now - this.diedAt > RESTART_S * 1e6
    )
      this.start();
  }

  private pause(ms: number): Promise<void> {
    const { process } = this;
    return new Promise((resolve) => {
      if (!process?.acts()) return;
      this.kernel.after(ms, () => process.deliver(resolve));
    });
  }

  private assembled(process: SimulatedProcess): Assembled {
    const { database, bus } = this.plant;
    const repositories = repositoriesOver(new DatabaseLink(process, database), database);
    const disk = this.medium.mount('collector');
    const client = new BusClient({
      process,
      broker: bus,
      route: this.routes.bus,
      will: {
        topic: TOPIC.collectorStatus(this.name),
        message: {
          part: 'collector',
          instance: this.name,
          state: 'down',
          at: process.time.now(),
          detail: 'lost',
        },
      },
      onTell: (topic, message) => this.heard(process, topic, message),
    });
    return assemble({
      owner: this.name,
      session: randomUUID(),
      time: process.time,
      bus: client,
      alarms: repositories.alarms,
      leases: repositories.lease,
      configuration: repositories.configuration,
      samples: repositories.samples,
      destination: new DatabaseDestination(
        repositories.writer as SampleWriter,
        repositories.alarms as AlarmRepository,
        repositories.coverage as CoverageRepository,
      ),
      spool: Spool.open({
        disk: this.medium.mount('spool'),
        maxBytes: SPOOL_BYTES,
        segmentBytes: SEGMENT_BYTES,
        parse: parseEntry,
        log: (message) => this.kernel.note(process.name, message),
      }),
      files: {
        alarms: new JsonFile(disk, 'alarms.json'),
        leases: new JsonFile(disk, 'leases.json'),
        configuration: new JsonFile(disk, 'configuration.json'),
        alive: new JsonFile(disk, 'alive.json'),
        refused: new RefusedFile(disk, 'refused.jsonl'),
      },
      make: this.makeSources(process),
      env: {},
      log: this.log(process),
    });
  }

  private makeSources(process: SimulatedProcess): MakeSource {
    return (config, tags, sink) => {
      const id = config.id as SourceId;
      const source =
        config.kind === 'opcua'
          ? new OpcUaSourceModel(
              {
                id,
                process,
                server: this.plant.plc,
                route: this.routes.plc,
                sink,
                publishingIntervalMs: config.publishingIntervalMs,
              },
              tags,
            )
          : new MqttSourceModel(
              {
                id,
                process,
                broker: this.plant.broker,
                route: this.routes.broker,
                sink,
                clientId: this.name,
              },
              tags,
            );
      this.sources.set(id, source);
      return source;
    };
  }

  private heard(process: SimulatedProcess, topic: string, message: unknown): void {
    const said = { at: this.kernel.now, process };
    if (topic.startsWith('linepack/alarm/event/')) {
      const { event, epoch } = message as Required<AlarmEventMessage>;
      const { alarmId, kind, occurrence, at, eventId } = event;
      this.kernel.note(
        process.name,
        `tells ${alarmId} ${kind} ${occurrence} at ${at} (${eventId.slice(0, 8)})`,
      );
      this.witness.event({ ...said, event, epoch });
    } else if (topic.startsWith('linepack/alarm/table/')) {
      const table = JSON.parse(JSON.stringify(message)) as AlarmTableMessage;
      this.kernel.note(process.name, `table of ${table.partition}: ${table.alarms.map(short).join(', ')}`);
      this.witness.table({ ...said, table });
    } else {
      this.kernel.note(process.name, `tells ${topic}`);
      if (topic.startsWith(STATUS)) this.witness.status(process, message as PartStatus);
    }
  }

  private log(process: SimulatedProcess) {
    const say = (first: unknown, second?: unknown): void =>
      this.kernel.note(process.name, `log: ${typeof second === 'string' ? second : String(first)}`);
    return { info: say, warn: say, error: say };
  }
}

const short = ({ alarmId, letter, occurrence }: AlarmTableMessage['alarms'][number]): string =>
  `${alarmId} ${letter}${occurrence}`;
