import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { TOPIC } from '@linepack/contracts';
import { lockFolder } from '@linepack/embedded';
import {
  AlarmRepository,
  ConfigRepository,
  CoverageRepository,
  LeaseRepository,
  SampleRepository,
  SampleWriter,
  openPool,
} from '@linepack/store';
import { plantSources } from './acquisition/make-source';
import { openCertificates } from './acquisition/opcua/certificates';
import { LEASE_ANSWER_MS } from './alarm/partition-ownership';
import { assemble } from './assemble';
import { Bus } from './bus';
import { JsonFile } from './configuration/json-file';
import { NodeDisk } from './disk/node-disk';
import { startHealthServer } from './health/health-server';
import type { Log } from './log';
import type { Settings } from './settings';
import { systemTime } from './time';
import { DatabaseDestination, parseEntry } from './write/entry';
import { RefusedFile } from './write/refused-file';
import { Spool } from './write/spool';

export interface Collector {
  readonly healthPort: number;
  /** Stops in order: sources, alarms, what is queued, leases, connections. */
  stop(): Promise<void>;
}

/**
 * Starts the collector on this computer: its clock, its disk, a real database, bus and plant. It starts without a
 * database, a bus or any source, and takes each in when it comes.
 *
 * @throws FolderHeldError when another collector has the data folder
 */
export async function startCollector(settings: Settings, log: Log): Promise<Collector> {
  const time = systemTime;
  const folder = join(settings.dataFolder, 'collector');
  const disk = new NodeDisk(folder);
  const lock = lockFolder(join(folder, 'collector.lock'), 'collector');
  const owner = ownerOf(new JsonFile(disk, 'identity.json'));
  const pool = openPool(settings.databaseUrl, {
    applicationName: 'linepack-collector',
    // Less than a lease: a successor never waits for the locks of a process that stands still.
    idleInTransactionMs: LEASE_ANSWER_MS,
    onIdleError: (error) => log.warn(`database connection lost: ${error.message}`),
  });
  // Leases never wait behind samples for a connection.
  const leasePool = openPool(settings.databaseUrl, {
    max: 1,
    applicationName: 'linepack-collector-leases',
    connectTimeoutMs: LEASE_ANSWER_MS,
    answerTimeoutMs: LEASE_ANSWER_MS,
    onIdleError: () => undefined,
  });
  const alarms = new AlarmRepository(pool);
  const bus = new Bus({
    url: settings.busUrl,
    will: {
      topic: TOPIC.collectorStatus(owner),
      message: { part: 'collector', instance: owner, state: 'down', at: time.now(), detail: 'lost' },
    },
    log,
    time,
  });
  const certificates = await openCertificates(join(folder, 'pki'), log);
  const running = assemble({
    owner,
    session: randomUUID(),
    time,
    bus,
    alarms,
    leases: new LeaseRepository(leasePool),
    configuration: new ConfigRepository(pool),
    samples: new SampleRepository(pool),
    destination: new DatabaseDestination(new SampleWriter(pool), alarms, new CoverageRepository(pool)),
    spool: Spool.open({
      disk: new NodeDisk(join(folder, 'spool')),
      maxBytes: settings.spoolBytes,
      parse: parseEntry,
      log: (message) => log.warn(message),
    }),
    files: {
      alarms: new JsonFile(disk, 'alarms.json'),
      leases: new JsonFile(disk, 'leases.json'),
      configuration: new JsonFile(disk, 'configuration.json'),
      alive: new JsonFile(disk, 'alive.json'),
      refused: new RefusedFile(disk, 'refused.jsonl'),
    },
    make: plantSources({ clientName: `linepack-${owner.slice(0, 8)}`, certificates, time, log }),
    env: settings.env,
    log,
  });
  const health = await startHealthServer(settings.healthPort, running.facts);
  running.start();

  const stop = async (): Promise<void> => {
    await running.stop();
    await bus.close();
    await health.close();
    await leasePool.end();
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
