import { AlarmCommand, ConditionMessage, TOPIC } from '@linepack/contracts';
import type { SourceId, StationId } from '@linepack/network';
import type { AlarmRepository, ConfigRepository, LeaseRepository } from '@linepack/store';
import { Acquisition } from './acquisition/acquisition';
import type { MakeSource } from './acquisition/source';
import { AlarmEngine } from './alarm/alarm-engine';
import { definitionsOf } from './alarm/definitions';
import { Watching } from './alarm/watching';
import { PartitionOwnership, type OwnershipCopy } from './alarm/partition-ownership';
import type { Bus } from './bus';
import type { CollectorConfiguration } from './configuration/collector-configuration';
import { ConfigurationReader } from './configuration/configuration-reader';
import type { JsonFile } from './configuration/json-file';
import { Rate } from './health/rate';
import { statusOf, type Facts } from './health/status';
import { LivePublisher } from './live/live-publisher';
import type { Log } from './log';
import { MeasurementFlow } from './measurement-flow';
import type { Time, Timer } from './time';
import type { Destination, Entry } from './write/entry';
import { Outbox, PATIENCE_MS } from './write/outbox';
import type { RefusedFile } from './write/refused-file';
import type { Spool } from './write/spool';

/** A JSON document that outlives the process. */
export type Document<T> = Pick<JsonFile<T>, 'read' | 'write'>;

/** All that a collector stands on: clock, network, disk and database. Real ones in the product, models in the storm. */
export interface Surroundings {
  /** Names the data folder: leases and plant brokers know the collector by it. */
  readonly owner: string;
  readonly time: Time;
  readonly bus: Pick<Bus, 'isConnected' | 'onConnect' | 'subscribe' | 'tell' | 'mention' | 'mentionRetained'>;
  readonly alarms: Pick<AlarmRepository, 'states'>;
  readonly leases: Pick<LeaseRepository, 'acquire' | 'renew' | 'release'>;
  readonly configuration: Pick<ConfigRepository, 'currentNetwork'>;
  readonly destination: Destination;
  readonly spool: Spool<Entry>;
  readonly files: {
    readonly alarms: Document<OwnershipCopy>;
    readonly configuration: Document<CollectorConfiguration>;
    readonly alive: Document<Alive>;
    /** For entries that the database refuses. */
    readonly refused: RefusedFile;
  };
  readonly make: MakeSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** When this collector was last alive, microseconds, and which sources it heard then. */
export interface Alive {
  readonly at: number;
  readonly sources: readonly SourceId[];
}

export interface Assembled {
  readonly facts: () => Facts;
  start(): void;
  /** Stops in order: sources, alarms, what is queued, leases. */
  stop(): Promise<void>;
}

const TICK_MS = 500;
const COPY_MS = 1_000;
const STATUS_MS = 2_000;
const SLOW_MS = 5_000;

/** Puts the collector together from its surroundings. */
export function assemble(around: Surroundings): Assembled {
  const { owner, time, bus, spool, files, log } = around;
  const outbox = new Outbox({
    destination: around.destination,
    spool,
    refused: files.refused,
    onJournalled: (events) => engine.journalled(events),
    onFull: () => watching.say(facts()),
    time,
    log,
  });
  let changed = false;
  const engine = new AlarmEngine({
    time,
    tell: (topic, message, keep) => bus.tell(topic, message, keep),
    journal: (entries) => outbox.put({ kind: 'journal', entries }, PATIENCE_MS.journal),
    onChange: () => (changed = true),
    states: (states) => {
      outbox.put({ kind: 'states', states }, PATIENCE_MS.samples).catch(saidByOutbox);
    },
    doubt: () => ownership.doubt(),
    log,
  });
  const ownership: PartitionOwnership = new PartitionOwnership({
    owner,
    leases: around.leases,
    alarms: around.alarms,
    spooled: () => [...spool.waiting()].flatMap((e) => (e.kind === 'journal' ? e.entries : [])),
    engine,
    copy: files.alarms,
    time,
    onDatabase: (state, error) => outbox.noteDatabase(state, error),
    log,
  });
  const watching = new Watching(engine);
  const live = new LivePublisher((topic, batch) => bus.mention(topic, batch), time);
  const rate = new Rate(SLOW_MS, time);
  const flow = new MeasurementFlow({
    engine,
    outbox,
    live,
    rate,
    time,
  });
  const acquisition = new Acquisition({
    make: around.make,
    env: around.env,
    sinkOf: (id, capabilities) => flow.sinkOf(id, capabilities),
    time,
    log,
  });
  let configured = false;
  const apply = (configuration: CollectorConfiguration): void => {
    configured = true;
    const definitions = definitionsOf(configuration);
    flow.configure(configuration.tags, configuration.commissionedAt ?? undefined);
    engine.configure(definitions);
    watching.configure(definitions);
    ownership.want(definitions.partitions);
    acquisition.configure(configuration).catch((error: Error) => log.error(`sources: ${error.message}`));
  };
  const reader = new ConfigurationReader(around.configuration, files.configuration, apply, time, log);
  const facts = (): Facts => ({
    at: time.now(),
    configured,
    busConnected: bus.isConnected,
    database: outbox.database,
    spool: outbox.spool,
    spoolIsFull: outbox.spoolIsFull,
    sources: acquisition.states().map((s) => ({ ...s, ...flow.factsOf(s.sourceId as SourceId) })),
    ledger: flow.ledger.sum(),
    stampFaults: flow.values.stampFaults(),
    samplesPerSecond: rate.perSecond(),
    ...outbox.facts,
    partitions: ownership.leases.length,
    alarmInconsistencies: engine.inconsistencies,
  });
  const sayStatus = (): void => bus.mentionRetained(TOPIC.status('collector'), statusOf(facts()));
  const saveCopy = (): void => {
    if (changed) files.alarms.write({ owner, partitions: engine.snapshot() });
    changed = false;
  };
  let timers: Timer[] = [];

  const start = (): void => {
    connectBus(bus, engine, () => reader.refresh(), log);
    bus.subscribe(TOPIC.liveAsked, () => live.sayAgain());
    bus.onConnect(() => {
      sayStatus();
      engine.publishAll();
      live.sayAgain();
    });
    flow.closeCoverage(files.alive.read());
    outbox.start();
    reader.start();
    timers = [
      time.every(TICK_MS, () => {
        flow.tick();
        engine.tick();
      }),
      time.every(COPY_MS, saveCopy),
      time.every(STATUS_MS, sayStatus),
      time.every(SLOW_MS, () => {
        flow.keepUp();
        watching.say(facts());
        files.alive.write({ at: time.now(), sources: flow.heardSources() });
      }),
    ];
  };

  const stop = async (): Promise<void> => {
    timers.forEach((timer) => timer.cancel());
    await reader.stop();
    await acquisition.stop();
    flow.stop();
    live.stop();
    engine.stop();
    await outbox.stop();
    saveCopy();
    await ownership.stop();
    bus.mentionRetained(TOPIC.status('collector'), {
      ...statusOf(facts()),
      state: 'down',
      detail: 'stopped',
    });
  };
  return { facts, start, stop };
}

function connectBus(
  bus: Surroundings['bus'],
  engine: AlarmEngine,
  onConfiguration: () => void,
  log: Log,
): void {
  bus.subscribe(TOPIC.configurationChanged, onConfiguration);
  bus.subscribe(TOPIC.condition('+', '+'), (message, topic) => {
    const parsed = ConditionMessage.safeParse(message);
    if (parsed.success) engine.condition(topic.split('/')[2] as StationId, parsed.data);
    else log.warn(`bus: ${topic}: ${parsed.error.message}`);
  });
  bus.subscribe(TOPIC.alarmCommand('+'), (message, topic) => {
    const parsed = AlarmCommand.safeParse(message);
    if (!parsed.success) return log.warn(`bus: ${topic}: ${parsed.error.message}`);
    const reply = engine.command(topic.split('/')[3] as StationId, parsed.data);
    void reply?.then((answer) => bus.tell(parsed.data.replyTo, answer));
  });
}

/** The outbox counts and says what it cannot take. */
const saidByOutbox = (): void => undefined;
