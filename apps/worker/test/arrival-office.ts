import type { AreaId, GasDay, MeterId, Micros, TagId, TagKey } from '@linepack/network';
import type { Sample } from '@linepack/telemetry';
import { AreaDays } from '../src/loss/area-day';
import { AreaFaults } from '../src/loss/area-faults';
import { figuresOf } from '../src/loss/figures';
import { GasDayClose } from '../src/loss/gas-day-close';
import { HourlyRecords } from '../src/loss/hourly-records';
import { Plans } from '../src/loss/plans';
import { GridReadings, RecordedAbsences } from '../src/loss/readings';
import type { WorkerStore } from '../src/worker-store';
import type { ArrivalOffice } from './arrivals';

const NEVER = new AbortController().signal;
const MOST_MARKS = 1_000;
const METERS = ['gate.m-1', 'shop.m-1'] as MeterId[];

/** What of the office is outside of the worker. */
export interface OfficeGround {
  readonly tags: ReadonlyMap<TagKey, TagId>;
  /** The same database all along, or a new one after each `empty`. */
  store(): WorkerStore;
  empty(): Promise<void>;
  write(batch: readonly Sample[]): Promise<unknown>;
}

/** The worker's parts over any database, for the small town's one area. */
export function arrivalOffice(ground: OfficeGround): ArrivalOffice {
  let now = 0 as Micros;
  const clock = (): Micros => now;
  const made = (): GasDayClose => {
    const { config, samples, coverage, hours, loss, watermark } = ground.store();
    const readings = new GridReadings(samples);
    const records = new HourlyRecords(readings, new RecordedAbsences(coverage), hours, clock);
    const faults = new AreaFaults((area, error) => {
      throw new Error(`area ${area}: ${error.message}`);
    });
    const days = new AreaDays(readings, records);
    return new GasDayClose({ plans: new Plans(config), days, loss, watermark, faults, clock });
  };
  let close = made();
  const recalculate = async (): Promise<number> => {
    const { marks } = ground.store();
    const open = await marks.toRecalculate(MOST_MARKS);
    await close.recalculate(open, NEVER);
    await marks.recalculated(open);
    return open.length;
  };
  return {
    tags: ground.tags,
    empty: ground.empty,
    write: ground.write,
    setClock: (at) => (now = at),
    restart: () => (close = made()),
    roll: (until) => ground.store().rollup.step(until),
    closeDue: (first) => close.closeDue(NEVER, first),
    provisional: () => close.provisional(NEVER),
    recalculate,
    settle: async () => {
      while ((await recalculate()) > 0);
    },
    outcome: (day) => outcome(ground.store(), day),
  };
}

async function outcome({ loss, hours }: WorkerStore, day: GasDay): Promise<string> {
  const result = await loss.result('town' as AreaId, day);
  if (!result) return 'not closed';
  const records = await hours.newest(METERS, result.from as Micros, result.to as Micros);
  const volumes = records.map((r) => [r.meterId, r.from, r.volume?.toFixed(6) ?? null, r.flags]);
  return `${figuresOf(result)}\n${JSON.stringify(volumes)}`;
}
