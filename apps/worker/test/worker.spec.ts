import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConditionMessage, LossUpdatedMessage, PartStatus, TOPIC } from '@linepack/contracts';
import { startBus, type Bus } from '@linepack/embedded';
import { microsFromMs, msFromMicros, type AreaId, type GasDay, type TagKey } from '@linepack/network';
import { DEMO_SEED, type PlantRecord } from '@linepack/simulation';
import { LossRepository, SampleRepository } from '@linepack/store';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { WorkerBus } from '../src/bus';
import { systemTime } from '../src/time';
import { Worker } from '../src/worker';
import { storeOver } from '../src/worker-store';
import { plantWorld, utc, type PlantWorld } from './plant-world';

const LIVE_FROM = msFromMicros(utc('2026-10-27T02:00'));
const DAY = 86_400_000;
const RECORD: PlantRecord = {
  version: 1,
  seed: DEMO_SEED,
  epochMs: msFromMicros(utc('2026-10-23T00:00')),
  liveFromMs: LIVE_FROM,
  scenarios: [
    {
      id: 'past-bias',
      effect: { name: 'meter-bias', meter: 'gate-west.m-1', percent: -1.3 },
      fromMs: msFromMicros(utc('2026-10-25T00:00')),
      toMs: msFromMicros(utc('2026-10-26T00:00')),
    },
  ],
  absences: [],
};

let world: PlantWorld;
let bus: Bus;
let listener: MqttClient;
const heard = new Map<string, unknown[]>();
const started = Date.now();
// Five minutes into the plant's live time, and running on.
const now = () => LIVE_FROM + 5 * 60_000 + (Date.now() - started);

const newest = <T>(topic: string, schema: { parse(input: unknown): T }): T | undefined => {
  const all = heard.get(topic);
  return all ? schema.parse(all.at(-1)) : undefined;
};
const until = async (what: string, condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + 200_000; !condition();) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const history = () => newest(TOPIC.status('worker'), PartStatus)?.history;

async function startWorker(): Promise<() => Promise<void>> {
  const own = WorkerBus.connect(bus.url, microsFromMs(now()), () => undefined);
  const worker = new Worker({
    store: storeOver(world.pool),
    bus: own,
    log: pino({ level: 'silent' }),
    plantFile: join(world.folder, 'simulator', 'plant.json'),
    time: { ...systemTime, now: () => microsFromMs(now()) },
    historySpan: { days: 3, fineDays: 0.05 },
  });
  worker.start();
  return async () => {
    await worker.stop();
    await own.close(microsFromMs(now()));
  };
}

beforeAll(async () => {
  world = await plantWorld((own) => [...own]);
  await mkdir(join(world.folder, 'simulator'));
  await writeFile(join(world.folder, 'simulator', 'plant.json'), JSON.stringify(RECORD));
  bus = await startBus();
  listener = mqtt.connect(bus.url);
  listener.on('message', (topic, payload) => {
    heard.set(topic, [...(heard.get(topic) ?? []), JSON.parse(payload.toString())]);
  });
  await listener.subscribeAsync('linepack/#', { qos: 1 });
}, 120_000);
afterAll(async () => {
  await listener?.endAsync();
  await bus?.close();
  await world?.close();
}, 60_000);

describe('worker on an empty demo', () => {
  it('fills history, closes its days and tells of the breach, all on the bus', async () => {
    const stop = await startWorker();
    await until('history done', () => history()?.phase === 'done');
    await until('a figure of the running day', () =>
      (heard.get(TOPIC.lossUpdated) ?? []).some((m) => LossUpdatedMessage.parse(m).provisional),
    );
    await stop();

    const percents = (heard.get(TOPIC.status('worker')) ?? []).map(
      (m) => PartStatus.parse(m).history?.percent ?? 0,
    );
    expect(percents.some((p) => p > 0 && p < 100)).toBe(true);
    const west = newest(TOPIC.condition('network', 'area:level1-west:loss'), ConditionMessage);
    expect(west).toMatchObject({ active: true, subject: '2026-10-25', limit: 1 });
    const cells = await new LossRepository(world.pool).newest('2026-10-24' as GasDay, '2026-10-26' as GasDay);
    expect(cells).toHaveLength(3 * world.network.areas.length);
    expect(cells.filter((c) => c.verdict === 'notAssessable')).toEqual([]);
    expect(newest(TOPIC.status('worker'), PartStatus)).toMatchObject({ state: 'down', detail: 'stopped' });
  }, 240_000);

  it('leaves aggregates a trend can draw, coarse or fine, whose hours are whole', async () => {
    const tag = world.tagIds.get('gate-east.pt-201' as TagKey);
    const samples = new SampleRepository(world.pool);
    const span = { from: microsFromMs(LIVE_FROM - 2 * DAY), to: microsFromMs(LIVE_FROM) };
    for (const points of [48, 600]) {
      const { series } = await samples.history({ tags: tag === undefined ? [] : [tag], ...span, points });
      expect(series[0]?.value.length).toBeGreaterThan(40);
      expect(series[0]?.value.every((v) => v !== null && v > 1)).toBe(true);
    }
    const { rows } = await world.pool.query<{ short: number; all: number }>(
      `select count(*) filter (where covered_s < 3599)::int as short, count(*)::int as all from sample_hour
       where tag_id = $1 and bucket >= instant($2::bigint) and bucket < instant($3::bigint)`,
      [tag, span.from, span.to],
    );
    expect(rows[0]).toEqual({ short: 0, all: 48 });
  });

  it('started again it fills and closes nothing twice, but tells what stands', async () => {
    const loss = new LossRepository(world.pool);
    heard.clear();
    const stop = await startWorker();
    await until('history done', () => history()?.phase === 'done');
    await until('the standing breach', () => heard.has(TOPIC.condition('network', 'area:level1-west:loss')));
    await until('a figure of the running day', () => heard.has(TOPIC.lossUpdated));
    await stop();
    expect(await loss.versions('level1-west' as AreaId, '2026-10-25' as GasDay)).toHaveLength(1);
  }, 240_000);
});
