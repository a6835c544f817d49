import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AlarmCommand, ConditionMessage, TOPIC } from '@linepack/contracts';
import { lockFolder } from '@linepack/embedded';
import type { SourceId, StationId } from '@linepack/network';
import {
  AlarmRepository,
  ConfigRepository,
  CoverageRepository,
  LeaseRepository,
  SampleWriter,
  openPool,
} from '@linepack/store';
import { OPCUACertificateManager } from 'node-opcua';
import { Acquisition } from './acquisition/acquisition';
import { AlarmEngine } from './alarm/alarm-engine';
import { definitionsOf } from './alarm/definitions';
import { PartitionOwnership, type OwnershipCopy } from './alarm/partition-ownership';
import { Bus } from './bus';
import { nowMicros } from './clock';
import type { CollectorConfiguration } from './configuration/collector-configuration';
import { ConfigurationReader } from './configuration/configuration-reader';
import { JsonFile } from './configuration/json-file';
import { startHealthServer } from './health/health-server';
import { Rate } from './health/rate';
import { statusOf, type Facts } from './health/status';
import { LivePublisher } from './live/live-publisher';
import type { Log } from './log';
import { MeasurementFlow } from './measurement-flow';
import type { Settings } from './settings';
import { DatabaseDestination, type Entry } from './write/entry';
import { Outbox, PATIENCE_MS } from './write/outbox';
import { Spool } from './write/spool';

export interface Collector {
  readonly healthPort: number;
  /** Stops in order: sources, alarms, what is queued, leases, connections. */
  stop(): Promise<void>;
}

const TICK_MS = 500;
const STATUS_MS = 2_000;
const SLOW_MS = 5_000;

/**
 * Puts the collector together and starts it. It starts without a database, a bus or any source, and takes each in when
 * it comes.
 *
 * @throws FolderHeldError when another collector has the data folder
 */
export async function startCollector(settings: Settings, log: Log): Promise<Collector> {
  const folder = join(settings.dataFolder, 'collector');
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(join(folder, 'collector.lock'), 'collector');
  const owner = ownerOf(new JsonFile(join(folder, 'identity.json')));
  const pool = openPool(settings.databaseUrl, {
    applicationName: 'linepack-collector',
    onIdleError: (error) => log.warn(`database connection lost: ${error.message}`),
  });
  const alarms = new AlarmRepository(pool);
  const spool = Spool.open<Entry>({
    folder: join(folder, 'spool'),
    maxBytes: settings.spoolBytes,
    log: (message) => log.warn(message),
  });
  const bus = new Bus({
    url: settings.busUrl,
    will: { topic: TOPIC.status('collector'), message: will() },
    log,
  });
  const outbox = new Outbox({
    destination: new DatabaseDestination(new SampleWriter(pool), alarms, new CoverageRepository(pool)),
    spool,
    refusedFile: join(folder, 'refused.jsonl'),
    onJournalled: (events) => engine.journalled(events),
    log,
  });
  const copy = new JsonFile<OwnershipCopy>(join(folder, 'alarms.json'));
  let changed = false;
  const engine = new AlarmEngine({
    now: nowMicros,
    tell: (topic, message, keep) => bus.tell(topic, message, keep),
    journal: (entries) => outbox.put({ kind: 'journal', entries }, PATIENCE_MS.journal),
    onChange: () => (changed = true),
    doubt: () => ownership.doubt(),
  });
  const ownership: PartitionOwnership = new PartitionOwnership({
    owner,
    leases: new LeaseRepository(pool),
    alarms,
    spooled: () =>
      [...spool.waiting()].flatMap((e) => (e.kind === 'journal' ? e.entries.map((j) => j.event) : [])),
    engine,
    copy,
    now: nowMicros,
    onDatabase: (state, error) => outbox.noteDatabase(state, error),
    log,
  });
  const live = new LivePublisher((topic, batch) => bus.mention(topic, batch));
  const rate = new Rate(SLOW_MS);
  const flow: MeasurementFlow = new MeasurementFlow({
    engine,
    outbox,
    live,
    rate,
    acquisition: (): Acquisition => acquisition,
  });
  const acquisition: Acquisition = new Acquisition({
    clientName: `linepack-${owner.slice(0, 8)}`,
    certificates: await certificatesIn(join(folder, 'pki')),
    env: settings.env,
    sinkOf: (id) => flow.sinkOf(id),
    log,
  });
  let configured = false;
  const apply = (configuration: CollectorConfiguration): void => {
    configured = true;
    const definitions = definitionsOf(configuration);
    flow.configure(configuration.tags);
    engine.configure(definitions);
    ownership.want(definitions.partitions);
    acquisition.configure(configuration).catch((error: Error) => log.error(`sources: ${error.message}`));
  };
  const reader = new ConfigurationReader(
    new ConfigRepository(pool),
    new JsonFile(join(folder, 'configuration.json')),
    apply,
    log,
  );
  const facts = (): Facts => ({
    configured,
    busConnected: bus.isConnected,
    database: outbox.database,
    spool: outbox.spool,
    spoolIsFull: outbox.spoolIsFull,
    sources: acquisition.states(),
    samplesPerSecond: rate.perSecond(),
    ...outbox.counts,
    partitions: ownership.leases.length,
  });
  const sayStatus = (): void => bus.mentionRetained(TOPIC.status('collector'), statusOf(facts()));

  connectBus(bus, engine, () => reader.refresh(), log);
  bus.onConnect(() => {
    sayStatus();
    engine.publishAll();
  });
  const health = await startHealthServer(settings.healthPort, facts);
  const saveCopy = (): void => {
    if (changed) copy.write({ owner, partitions: engine.snapshot() });
    changed = false;
  };
  const alive = new JsonFile<{ at: number; sources: SourceId[] }>(join(folder, 'alive.json'));
  flow.closeCoverage(alive.read());
  outbox.start();
  reader.start();
  const timers = [
    setInterval(() => engine.tick(), TICK_MS),
    setInterval(saveCopy, 1_000),
    setInterval(sayStatus, STATUS_MS),
    setInterval(() => {
      flow.keepUp();
      alive.write({ at: nowMicros(), sources: flow.heardSources() });
    }, SLOW_MS),
  ];

  const stop = async (): Promise<void> => {
    timers.forEach((timer) => clearInterval(timer));
    flow.leave();
    await reader.stop();
    await acquisition.stop();
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
    await bus.close();
    await health.close();
    await pool.end();
    lock.release();
  };
  let stopping: Promise<void> | null = null;
  return { healthPort: health.port, stop: () => (stopping ??= stop()) };
}

/** Names this data folder for ever: leases and plant brokers know the collector by it. */
function ownerOf(file: JsonFile<{ owner: string }>): string {
  const known = file.read()?.owner;
  if (known !== undefined) return known;
  const owner = randomUUID();
  file.write({ owner });
  return owner;
}

/** In our own folder, never in HOME. Made once before any source asks: two at a time would ruin each other's key. */
async function certificatesIn(rootFolder: string): Promise<OPCUACertificateManager> {
  const certificates = new OPCUACertificateManager({
    rootFolder,
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  return certificates;
}

const will = () => ({ part: 'collector', state: 'down', at: nowMicros(), detail: 'lost' });

function connectBus(bus: Bus, engine: AlarmEngine, onConfiguration: () => void, log: Log): void {
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
