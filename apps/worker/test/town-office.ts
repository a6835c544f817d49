import type { AreaId, Micros, NetworkFile, TagId, TagKey } from '@linepack/network';
import {
  ClosingWatermark,
  ConfigRepository,
  CoverageRepository,
  LateMarkRepository,
  LossRepository,
  MeterHourRepository,
  RollupRepository,
  SampleRepository,
  SampleWriter,
} from '@linepack/store';
import { startTestDatabase } from '../../../libs/store/test/test-database';
import { AreaDays } from '../src/loss/area-day';
import { AreaFaults } from '../src/loss/area-faults';
import { GasDayClose } from '../src/loss/gas-day-close';
import { HourlyRecords } from '../src/loss/hourly-records';
import { Plans } from '../src/loss/plans';
import { GridReadings, RecordedAbsences } from '../src/loss/readings';

const NEVER = new AbortController().signal;

/** A real database with a network in it, and the worker's parts around a clock that is set by hand. */
export async function townOffice() {
  const database = await startTestDatabase();
  const { pool } = database;
  const config = new ConfigRepository(pool);
  const samples = new SampleRepository(pool);
  const coverage = new CoverageRepository(pool);
  const hours = new MeterHourRepository(pool);
  const loss = new LossRepository(pool);
  const rollup = new RollupRepository(pool);
  const marks = new LateMarkRepository(pool);
  const plans = new Plans(config);
  let now = 0 as Micros;
  const clock = (): Micros => now;
  const said: string[] = [];
  const faults = new AreaFaults((area, error) => said.push(`${area}: ${error.message}`));
  const readings = new GridReadings(samples);
  const records = new HourlyRecords(readings, new RecordedAbsences(coverage), hours, clock);
  const close = new GasDayClose({
    plans,
    days: new AreaDays(readings, records),
    loss,
    watermark: new ClosingWatermark(pool),
    faults,
    clock,
  });
  return {
    pool,
    close,
    loss,
    hours,
    rollup,
    marks,
    coverage,
    faults,
    said,
    writer: new SampleWriter(pool),
    setClock: (at: Micros) => (now = at),
    async import(file: NetworkFile, validFrom?: Micros): Promise<void> {
      await config.importNetwork(file, {
        changedBy: 'test',
        ...(validFrom === undefined ? {} : { validFrom }),
      });
      plans.forget();
    },
    async tagIds(): Promise<Map<TagKey, TagId>> {
      const network = await config.networkAt(now);
      return new Map((network?.tags ?? []).map((t) => [t.key, t.tagId]));
    },
    /** Works every mark off. */
    async settle(): Promise<void> {
      for (;;) {
        const open = await marks.toRecalculate(1_000);
        if (open.length === 0) return;
        await close.recalculate(open, NEVER);
        await marks.recalculated(open);
      }
    },
    async empty(): Promise<void> {
      await pool.query(
        `truncate sample, sample_minute, sample_hour, late_mark, job_state, source_coverage, meter_hour,
           loss_provisional`,
      );
      // Results may only grow; a test's own are another matter.
      await pool.query(
        'alter table loss_result disable trigger all; delete from loss_result; alter table loss_result enable trigger all',
      );
      said.length = 0;
    },
    result: (area: string, day: string) => loss.result(area as AreaId, day as never),
    stop: () => database.close(),
  };
}

export type TownOffice = Awaited<ReturnType<typeof townOffice>>;
