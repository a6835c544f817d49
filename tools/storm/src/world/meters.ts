import type { Micros } from '@linepack/network';
import type { CoverageState } from '@linepack/store';
import { qualityOf, type Sample } from '@linepack/telemetry';
import { Computer, SimulatedProcess } from '../kernel/process';
import type { Random } from '../kernel/random';
import { DatabaseLink } from '../model/database-server';
import { METERS, METER_SOURCE, meterTag, type MeterName } from './loss-network';
import type { Plant } from './plant';

const SECOND_US = 1e6;
const HISTORY_US = 25 * 3_600 * SECOND_US;
/** From here on counters are read every few seconds. */
const LIVE_US = 20 * 60 * SECOND_US;
const BAD = 0x80000000;
/** Standard m³ that the input counts in the day before the storm, about. */
const DAY_VOLUME = 1_000;

interface Reading {
  readonly sample: Sample;
  /** True time at which the collector has it. */
  readonly at: number;
}

/**
 * The meters and the collector that reads them, of which only the writing is left: it writes what it has, in batches and
 * in no order, again until it is kept, sometimes once more; some of it comes long after its time.
 */
export class MeterFeed {
  private readonly link: DatabaseLink;
  private readonly process: SimulatedProcess;
  private waiting: Reading[] = [];
  private last: readonly Sample[] = [];

  constructor(
    private readonly plant: Plant,
    private readonly random: Random,
    private readonly untilUs: number,
    private readonly cutOffs: readonly number[],
  ) {
    this.process = new SimulatedProcess(new Computer('meters', plant.kernel), 1);
    this.link = new DatabaseLink(this.process, plant.database);
    const late = this.lateStretches();
    const share = random.between(0.992, 1.008);
    for (const meter of METERS) {
      const readings = this.readings(meter, meter === 'in' ? 1 : meter === 'out' ? share * 0.7 : share * 0.3);
      this.waiting.push(...readings.map((sample) => ({ sample, at: this.arrival(meter, sample.ts, late) })));
    }
    const now = plant.kernel.now;
    plant.database.samples.write(this.take(now));
    plant.database.coverage.record(METER_SOURCE, now - HISTORY_US, 'connected');
    if (random.chance(0.4)) this.beAway();
    this.run();
  }

  /** Its source could not be heard for a while; that is told at once, or by the next run of a collector that crashed. */
  private beAway(): void {
    const { kernel } = this.plant;
    const from = kernel.now + this.random.between(-200, 150) * SECOND_US;
    const told =
      Math.max(kernel.now, from) + (this.random.chance(0.5) ? 0 : this.random.between(20, 70) * SECOND_US);
    const back = Math.max(told, from + this.random.between(5, 60) * SECOND_US);
    kernel.at(told, () => void this.tellCoverage(Math.round(from), 'disconnected'));
    kernel.at(back, () => void this.tellCoverage(Math.round(back), 'connected'));
  }

  private tellCoverage(at: number, state: CoverageState): Promise<void> {
    const { coverage } = this.plant.database;
    return this.untilKept(`coverage ${state}`, () => coverage.record(METER_SOURCE, at, state));
  }

  /** Everything that is still kept back comes now, and whatever else a spool may bring: of many tags, of many hours. */
  quiet(): void {
    const { now } = this.plant.kernel;
    this.waiting = this.waiting.map(({ sample }) => ({ sample, at: now }));
    if (!this.random.chance(0.4)) return;
    const flood = Array.from({ length: 24 * 20 }, (_, i): Sample => ({
      tagId: (1_000 + (i % 24)) as Sample['tagId'],
      ts: (now - LIVE_US - Math.floor(i / 24) * 3_900 * SECOND_US) as Micros,
      quality: qualityOf(0),
      value: i,
    }));
    this.waiting.unshift(...flood.map((sample) => ({ sample, at: now })));
  }

  private run(): void {
    this.process.time.after(this.random.between(800, 4_000), () => {
      const due = this.take(this.plant.kernel.now);
      const again = this.random.chance(0.1) ? this.last : [];
      void this.write([...due, ...again]).then(() => this.run());
    });
  }

  private async write(samples: readonly Sample[]): Promise<void> {
    if (samples.length === 0) return;
    const batch = shuffled(samples, this.random);
    this.last = batch.slice(0, 20);
    await this.untilKept(`write ${batch.length} readings`, () => this.plant.database.samples.write(batch));
  }

  private async untilKept(what: string, transaction: () => unknown): Promise<void> {
    for (;;)
      try {
        await this.link.call(what, transaction);
        return;
      } catch {
        await new Promise<void>((resolve) => void this.process.time.after(1_000, resolve));
      }
  }

  private take(now: number): Sample[] {
    const due = this.waiting.filter((w) => w.at <= now);
    this.waiting = this.waiting.filter((w) => w.at > now);
    return due.map((w) => w.sample);
  }

  private readings(meter: MeterName, share: number): Sample[] {
    const { random } = this;
    const start = this.plant.kernel.now;
    const samples: Sample[] = [];
    let value = random.between(1_000, 2_000);
    for (let ts = start - HISTORY_US; ts < this.untilUs;) {
      const isLive = ts >= start - LIVE_US;
      const isBad = random.chance(0.03);
      samples.push({
        tagId: meterTag(meter),
        ts: Math.round(ts) as Micros,
        quality: qualityOf(isBad ? BAD : 0),
        value: isBad ? null : value,
      });
      const step = (isLive ? random.between(5, 40) : random.between(300, 560)) * SECOND_US;
      value += isLive ? random.between(0, 6) * share : (DAY_VOLUME * share * step) / HISTORY_US;
      ts += step;
    }
    return samples;
  }

  /** Stretches of stamps, most of them at a cut-off, that come only at some later moment, perhaps after the close. */
  private lateStretches() {
    const { random, untilUs } = this;
    const start = this.plant.kernel.now;
    return Array.from({ length: random.whole(0, 5) }, () => {
      const about = random.chance(0.7)
        ? random.pick(this.cutOffs) - random.between(0, 50) * SECOND_US
        : start + random.between(-400, 150) * SECOND_US;
      return {
        meter: random.pick(METERS),
        from: about,
        to: about + random.between(10, 120) * SECOND_US,
        comesAt: random.chance(0.3) ? untilUs : start + random.between(20, 225) * SECOND_US,
      };
    });
  }

  private arrival(meter: MeterName, ts: number, late: ReturnType<MeterFeed['lateStretches']>): number {
    const stretches = late.filter((l) => l.meter === meter && ts >= l.from && ts <= l.to);
    const usual = this.random.between(0.3, this.random.chance(0.1) ? 60 : 5) * SECOND_US;
    return Math.max(ts + usual, ...stretches.map((l) => l.comesAt));
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = random.whole(0, i);
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  }
  return all;
}
