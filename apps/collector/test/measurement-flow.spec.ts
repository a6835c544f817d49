import type { Micros, SourceId, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import pino from 'pino';
import { CAPABILITIES } from '../src/acquisition/capabilities';
import type { AlarmEngine } from '../src/alarm/alarm-engine';
import { Rate } from '../src/health/rate';
import { LivePublisher } from '../src/live/live-publisher';
import { MeasurementFlow } from '../src/measurement-flow';
import { systemTime as time } from '../src/time';
import { parseEntry, type Destination, type Entry } from '../src/write/entry';
import { Outbox } from '../src/write/outbox';
import { RefusedFile } from '../src/write/refused-file';
import { Spool } from '../src/write/spool';
import { SimulatedMedium } from './simulated-disk';

const broker = 'broker' as SourceId;
const tagId = 1 as TagId;
const config = { scale: { factor: 1, offset: 0 }, deadband: 0, maxReportS: 60 } as TagConfig;
const reading = (ts: Micros, value: number) => [
  { tagId, ts, value, quality: QUALITY.Good, origin: 'change' as const, clock: 'broker/t' },
];
const deaf = {
  present: () => undefined,
  stationStands: () => undefined,
  sourceHeard: () => undefined,
} as unknown as AlarmEngine;

let outbox: Outbox;
let flow: MeasurementFlow;
let live: LivePublisher;
let answer: () => Promise<void>;
const written: [number, number | null][] = [];

beforeEach(() => {
  written.length = 0;
  const log = pino({ level: 'silent' });
  const destination: Destination = {
    write: async (entries) => {
      await answer();
      for (const entry of entries)
        if (entry.kind === 'samples')
          written.push(...entry.samples.map((s) => [s[1], s[3]] as [number, number]));
      return [];
    },
  };
  const disk = new SimulatedMedium({ random: () => 0 }).mount('spool');
  // Room for nothing.
  const spool = Spool.open<Entry>({ disk, maxBytes: 1, parse: parseEntry, log: () => undefined });
  const refused = new RefusedFile(disk, 'refused.jsonl');
  outbox = new Outbox({
    destination,
    spool,
    refused,
    onJournalled: () => undefined,
    onFound: () => undefined,
    onFull: () => undefined,
    time,
    log,
  });
  live = new LivePublisher(
    () => 1,
    () => undefined,
    time,
  );
  flow = new MeasurementFlow({
    engine: deaf,
    outbox,
    live,
    rate: new Rate(1_000, time),
    time,
  });
  flow.configure([{ tagId, key: 's.t' as TagKey, stationId: 's' as StationId, sourceId: broker, config }]);
});
afterEach(async () => {
  live.stop();
  await outbox.stop();
});

test('a message that a full spool refused is stored when the broker sends it again', async () => {
  answer = () => Promise.reject(new Error('away'));
  const sink = flow.sinkOf(broker, CAPABILITIES.mqtt);
  const [first, second] = [time.now() - 2_000_000, time.now() - 1_000_000] as [Micros, Micros];
  await Promise.all(
    [reading(first, 5), reading(second, 6)].map((message) =>
      expect(sink.values(message, 0).durably).rejects.toThrow('the spool is full'),
    ),
  );
  answer = () => Promise.resolve();
  await sink.values(reading(first, 5), 0).durably;
  await sink.values(reading(second, 6), 0).durably;
  expect(written).toEqual([
    [first, 5],
    [second, 6],
  ]);
});

test('a message that comes again is durable only when its first copy is', async () => {
  let arrive: () => void = () => undefined;
  answer = () => new Promise((resolve) => (arrive = resolve));
  const sink = flow.sinkOf(broker, CAPABILITIES.mqtt);
  const ts = time.now();
  const told: string[] = [];
  const copies = [1, 2].map((n) =>
    sink.values(reading(ts, 5), 0).durably.then(() => told.push(`copy ${n}, ${written.length} written`)),
  );
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setImmediate(resolve));
  arrive();
  await Promise.all(copies);
  expect(told.map((t) => t.slice(-9)).sort()).toEqual(['1 written', '1 written']);
});

test('a word of which nothing can be read is refused in the ledger, by its reason, and its tag is Bad', async () => {
  answer = () => Promise.resolve();
  const sink = flow.sinkOf(broker, CAPABILITIES.mqtt);
  const ts = time.now();
  await sink.values(reading(ts, 5), 0).durably;
  const word = { tagId, value: null, quality: QUALITY.BadDecodingError, clock: 'broker/t' };
  const rubbish = { ...word, ts: null, origin: 'change' as const, unreadable: 'payloadNotJson' as const };
  await sink.values([rubbish], 0).durably;
  expect(flow.ledger.sum()).toMatchObject({
    received: 2,
    stored: 1,
    refused: { payloadNotJson: 1 },
    uncounted: 0,
  });
  expect(written.map(([, value]) => value)).toEqual([5, null]);
});
