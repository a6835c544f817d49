import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDatabase, type EmbeddedDatabase } from '@linepack/embedded';
import {
  microsFromMs,
  NetworkFile,
  type AreaConfig,
  type Micros,
  type TagId,
  type TagKey,
} from '@linepack/network';
import {
  DEMO_PLANT,
  DEMO_SEED,
  demoNetwork,
  PlantRun,
  simulateHistory,
  type PlantRecord,
  type Scenario,
} from '@linepack/simulation';
import { ConfigRepository, migrate, openPool, SampleWriter, type Pool } from '@linepack/store';
import type { Sample } from '@linepack/telemetry';
import { samplesOf } from '../src/history/history-samples';

/** A real embedded TimescaleDB with the demo city in it, and the plant that knows the truth. */
export interface PlantWorld {
  readonly pool: Pool;
  /** A folder of its own. */
  readonly folder: string;
  readonly network: NetworkFile;
  readonly tagIds: ReadonlyMap<TagKey, TagId>;
  close(): Promise<void>;
}

/** The demo's areas, each three times: with the gas days a metrology engineer may meet. */
export const RULES = {
  'shanghai-8': { start: '08:00', timeZone: 'Asia/Shanghai' },
  'shanghai-6': { start: '06:00', timeZone: 'Asia/Shanghai' },
  'berlin-6': { start: '06:00', timeZone: 'Europe/Berlin' },
} as const;

const areasWithRules = (areas: readonly AreaConfig[]): AreaConfig[] =>
  Object.entries(RULES).flatMap(([name, gasDay]) =>
    areas.map((area) => ({ ...area, id: `${area.id}-${name}`, gasDay })),
  );

function worldNetwork(areas: (own: readonly AreaConfig[]) => AreaConfig[]): NetworkFile {
  const demo = demoNetwork();
  const sources = demo.sources.map((source) =>
    source.kind === 'mqtt'
      ? { ...source, url: 'mqtt://127.0.0.1:1' }
      : { ...source, endpoint: 'opc.tcp://127.0.0.1:1' },
  );
  const parsed = NetworkFile.parse({ ...demo, sources });
  return { ...parsed, areas: areas(parsed.areas) };
}

export async function plantWorld(
  areas: (own: readonly AreaConfig[]) => AreaConfig[] = areasWithRules,
): Promise<PlantWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'linepack-worker-'));
  const database: EmbeddedDatabase = await startEmbeddedDatabase({ dataDir: folder });
  const pool = openPool(database.url, { max: 2 });
  await migrate(pool);
  const config = new ConfigRepository(pool);
  const network = worldNetwork(areas);
  await config.importNetwork(network, { changedBy: 'test' });
  const snapshot = await config.currentNetwork();
  const tagIds = new Map((snapshot?.tags ?? []).map(({ key, tagId }) => [key, tagId]));
  return {
    pool,
    folder,
    network,
    tagIds,
    close: async () => {
      await pool.end();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tags that loss stands on: the rest of the plant only takes time. */
function lossTags({ network, tagIds }: PlantWorld): Map<TagKey, TagId> {
  const keys = [
    ...network.stations.flatMap((s) => s.meters.map((m) => `${s.id}.${m.totaliser.tag}`)),
    ...network.pipes.flatMap((p) => [p.startPressure, p.endPressure, p.temperature]),
  ];
  return new Map([...tagIds].filter(([key]) => keys.includes(key)));
}

export interface Life {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMin: number;
  readonly scenarios: readonly Scenario[];
}

const recordOf = ({ fromMs, toMs, scenarios }: Life): PlantRecord => ({
  version: 1,
  seed: DEMO_SEED,
  epochMs: fromMs - 86_400_000,
  liveFromMs: toMs,
  scenarios,
  absences: [],
});

/** What the instruments of a stretch of the plant's life said. */
export function readingsOf(world: PlantWorld, life: Life): Sample[] {
  const samples: Sample[] = [];
  const tags = lossTags(world);
  simulateHistory(
    recordOf(life),
    { fromMs: life.fromMs, toMs: life.toMs, everyMin: life.everyMin },
    (reading) => samples.push(...samplesOf(reading, tags)),
  );
  return samples;
}

export async function store(world: PlantWorld, samples: readonly Sample[]): Promise<void> {
  const writer = new SampleWriter(world.pool);
  for (let i = 0; i < samples.length; i += 5_000) await writer.backfill(samples.slice(i, i + 5_000));
}

/** What no meter knows: true standard volumes and line pack at an instant, and what each counter stood at. */
export interface Truth {
  readonly meters: ReadonlyMap<string, { readonly true: number; readonly corrected: number }>;
  readonly leaked: number;
}

export function truthAt(life: Life, instants: readonly Micros[]): Map<Micros, Truth> {
  const record = recordOf(life);
  const run = PlantRun.from(DEMO_PLANT, record.seed, record.epochMs);
  const truths = new Map<Micros, Truth>();
  for (const at of [...instants].sort((a, b) => a - b)) {
    run.advance(at / 1_000, 60, record.scenarios);
    truths.set(at, {
      meters: new Map(
        DEMO_PLANT.meters.map((meter, k) => {
          const { true: actual, corrected } = run.totals.meters[k] as { true: number; corrected: number };
          return [meter.id, { true: actual, corrected }];
        }),
      ),
      leaked: run.totals.leaks.reduce((sum, leak) => sum + leak, 0),
    });
  }
  return truths;
}

export const utc = (iso: string): Micros => microsFromMs(Date.parse(`${iso}Z`));
