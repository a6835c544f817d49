import { TOPIC } from '@linepack/contracts';
import type { SourceId } from '@linepack/network';
import type {
  AlarmRepository,
  ConfigRepository,
  JournalEntry,
  LeaseRepository,
  SampleRepository,
} from '@linepack/store';
import { Acquisition } from './acquisition/acquisition';
import { Listening } from './acquisition/listening';
import type { MakeSource } from './acquisition/source';
import { AlarmEngine } from './alarm/alarm-engine';
import { definitionsOf } from './alarm/definitions';
import { Watching } from './alarm/watching';
import { OnItsWay } from './alarm/on-its-way';
import type { LeaseCopy, OwnershipCopy } from './alarm/ownership-copy';
import { PartitionOwnership } from './alarm/partition-ownership';
import { Peers } from './alarm/peers';
import { SourceLinks } from './alarm/source-links';
import { Troubles } from './alarm/troubles';
import type { Unwritten } from './alarm/unwritten';
import { openDoors, ownersVoice, type BusDoor } from './bus-doors';
import { sameSignals, type CollectorConfiguration } from './configuration/collector-configuration';
import { ConfigurationReader } from './configuration/configuration-reader';
import type { JsonFile } from './configuration/json-file';
import { KeptCopy } from './configuration/kept-copy';
import { Rate } from './health/rate';
import { openLedger } from './health/ledger-door';
import { statusOf, troublesOf, type Facts } from './health/status';
import { LivePublisher } from './live/live-publisher';
import type { Log } from './log';
import { MeasurementFlow } from './measurement-flow';
import { StoredBefore } from './present/stored-before';
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
  /** Names this process: a UUID. */
  readonly session: string;
  readonly time: Time;
  readonly bus: BusDoor;
  readonly alarms: Pick<AlarmRepository, 'states' | 'openPartitions'>;
  readonly leases: Pick<LeaseRepository, 'round' | 'leave'>;
  readonly configuration: Pick<ConfigRepository, 'currentNetwork'>;
  readonly samples: Pick<SampleRepository, 'latest'>;
  readonly destination: Destination;
  readonly spool: Spool<Entry>;
  readonly files: {
    readonly alarms: Document<OwnershipCopy>;
    readonly leases: Document<LeaseCopy>;
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
  const { owner, time, bus, spool, log } = around;
  const copies = {
    alarms: new KeptCopy(around.files.alarms, 'copy of the alarms', log),
    leases: new KeptCopy(around.files.leases, 'copy of the leases', log),
    configuration: new KeptCopy(around.files.configuration, 'copy of the configuration', log),
    alive: new KeptCopy(around.files.alive, 'sign of life', log),
  };
  const outbox = new Outbox({
    destination: around.destination,
    spool,
    refused: around.files.refused,
    onJournalled: (events) => engine.journalled(events),
    onFound: () => engine.takeIn(waiting()),
    onFull: () => sayTroubles(),
    time,
    log,
  });
  let changed = false;
  const onItsWay = new OnItsWay();
  const waiting = () => [...[...spool.waiting()].flatMap(unwrittenIn), ...onItsWay.all()];
  const engine = new AlarmEngine({
    time,
    tell: ownersVoice(bus, () => ownership),
    journal: (entries) =>
      onItsWay.follow(entries, outbox.put({ kind: 'journal', entries }, PATIENCE_MS.journal)),
    onChange: (when) => {
      changed = true;
      if (when === 'now') saveCopy();
    },
    states: (states) => {
      const put = outbox.put({ kind: 'states', states }, PATIENCE_MS.samples);
      onItsWay.follow(states, put).catch(saidByOutbox);
    },
    doubt: () => ownership.doubt(),
    log,
  });
  const peers = new Peers(owner, time);
  const ownership: PartitionOwnership = new PartitionOwnership({
    owner,
    session: around.session,
    leases: around.leases,
    alarms: around.alarms,
    waiting,
    engine,
    peers,
    copies,
    time,
    onOwned: () => {
      listen();
      sayStatus();
    },
    onDatabase: (state, error) => outbox.noteDatabase(state, error),
    onLeases: () => sayStatus(),
    log,
  });
  const watching = new Watching(engine);
  const troubles = new Troubles(owner, time);
  const links = new SourceLinks((id, heard, at) => engine.sourceHeard(id, heard, at));
  const live = new LivePublisher(
    (stationId) => ownership.lastEpochOf(stationId),
    (topic, batch) => bus.mention(topic, batch),
    time,
  );
  const rate = new Rate(SLOW_MS, time);
  const flow = new MeasurementFlow({
    engine: {
      present: (changes) => engine.present(changes),
      stationStands: (...word) => engine.stationStands(...word),
      sourceHeard: (id, heard, at) => links.heard(id, heard, at),
    },
    outbox,
    live,
    rate,
    time,
  });
  const storedBefore = new StoredBefore(around.samples, flow.values, time, log);
  const acquisition = new Acquisition({
    make: around.make,
    env: around.env,
    sinkOf: (id, capabilities) => flow.sinkOf(id, capabilities),
    time,
    log,
  });
  const listening = new Listening({
    owned: () => ownership.partitions,
    heldBefore: () => ownership.heldBefore,
    isElsewhere: (partition) => ownership.isElsewhere(partition),
    isHeardElsewhere: (partition, sourceIds) => peers.listensTo(partition, sourceIds),
    time,
  });
  let configuration: CollectorConfiguration | null = null;
  /** Asks the plant for what this collector has to listen to now. */
  const listen = (): void => {
    const mine = configuration && listening.change(configuration);
    if (configuration === null || mine === null) return;
    flow.configure(mine.tags, mine.commissionedAt ?? undefined, configuration.tags);
    live.keepTo(mine.tags);
    storedBefore.configure(mine.tags.map((tag) => tag.tagId));
    engine.hears(new Set(mine.tags.map((tag) => tag.tagId)));
    links.connectsTo(new Set(mine.sources.map((s) => s.id as SourceId)), time.now());
    acquisition
      .configure(mine, configuration.tags)
      .catch((error: Error) => log.error(`sources: ${error.message}`));
  };
  const apply = (whole: CollectorConfiguration): void => {
    // What was heard of a signal that is another one now must not be held against its new limits.
    if (configuration) engine.hears(sameSignals(configuration.tags, whole.tags));
    configuration = whole;
    const definitions = definitionsOf(whole);
    engine.configure(definitions);
    watching.configure(definitions);
    ownership.want(definitions.partitions);
    listen();
  };
  const reader = new ConfigurationReader(around.configuration, copies.configuration, apply, time, log);
  const facts = (): Facts => ({
    at: time.now(),
    instance: owner,
    configured: configuration !== null,
    busConnected: bus.isConnected,
    outgoing: bus.outgoing,
    deafTo: bus.deafTo,
    database: outbox.database,
    spool: outbox.spool,
    spoolIsFull: outbox.spoolIsFull,
    sources: acquisition.states().map((s) => ({ ...s, ...flow.factsOf(s.sourceId as SourceId) })),
    ledger: flow.ledger.sum(),
    stampFaults: flow.values.stampFaults(),
    samplesPerSecond: rate.perSecond(),
    ...outbox.facts,
    partitions: ownership.partitions,
    leases: ownership.leases,
    alarmInconsistencies: engine.inconsistencies,
  });
  const sayStatus = (): void => bus.mentionRetained(TOPIC.collectorStatus(owner), statusOf(facts()));
  /** What is wrong with the watching itself, for our alarms and for whoever owns those of it. */
  const sayTroubles = (): void => {
    const now = facts();
    const own = troublesOf(now);
    bus.mentionRetained(TOPIC.collectorTroubles(owner), own);
    const { areKnown } = troubles;
    const others = { sources: peers.sources(), collectors: troubles.others(), areKnown };
    watching.say({ sources: now.sources, troubles: own }, others);
  };
  /** What an earlier run told, and had durable nowhere but in its copy. */
  const takeUp = (entries: readonly JournalEntry[]): void => {
    if (entries.length === 0) return;
    const put = outbox.put({ kind: 'journal', entries }, PATIENCE_MS.journal);
    onItsWay.follow(entries, put).catch(saidByOutbox);
  };
  const saveCopy = (): void => {
    if (!changed) return;
    const underWay = onItsWay.all().filter((one) => 'event' in one);
    changed = !copies.alarms.write({ owner, partitions: engine.snapshot(), underWay });
  };
  let timers: Timer[] = [];

  const start = (): void => {
    openDoors(
      bus,
      {
        engine,
        onConfiguration: () => reader.refresh(),
        onCollector: (status) => peers.take(status),
        onTroubles: (word) => troubles.take(word),
      },
      log,
    );
    bus.subscribe(TOPIC.liveAsked, () => live.sayAgain());
    openLedger(bus, flow.ledger, owner, log);
    bus.onConnect(() => {
      troubles.listening();
      sayStatus();
      engine.publishAll();
      live.sayAgain();
      // Where a collector spoke before each had a topic of its own.
      bus.forget(TOPIC.status('collector'));
    });
    flow.closeCoverage(copies.alive.read());
    outbox.start();
    const copy = copies.alarms.read();
    if (copy?.owner === owner) takeUp(copy.underWay ?? []);
    reader.start();
    timers = [
      time.every(TICK_MS, () => {
        links.othersSay(peers.sources(), time.now());
        flow.tick();
        engine.tick();
        listen();
      }),
      time.every(COPY_MS, saveCopy),
      time.every(STATUS_MS, sayStatus),
      time.every(SLOW_MS, () => {
        flow.keepUp();
        sayTroubles();
        copies.alive.write({ at: time.now(), sources: flow.heardSources() });
      }),
    ];
  };

  const stop = async (): Promise<void> => {
    timers.forEach((timer) => timer.cancel());
    await reader.stop();
    await acquisition.stop();
    await storedBefore.stop();
    flow.stop();
    live.stop();
    engine.stop();
    await outbox.stop();
    saveCopy();
    await ownership.stop();
    bus.mentionRetained(TOPIC.collectorStatus(owner), {
      ...statusOf(facts()),
      state: 'down',
      detail: 'stopped',
      partitions: [],
    });
  };
  return { facts, start, stop };
}

function unwrittenIn(entry: Entry): readonly Unwritten[] {
  if (entry.kind === 'journal') return entry.entries;
  return entry.kind === 'states' ? entry.states : [];
}

/** The outbox counts and says what it cannot take. */
const saidByOutbox = (): void => undefined;
