import { channelOf, scanNoise } from '../noise';
import type { PlantRun } from '../plant-run';
import { isActive, type Scenario } from '../scenarios';
import { DEMO_STATIONS } from './stations';
import type { StationSpec } from './station-spec';
import type { Sense, TagSpec } from './tag-spec';

// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { floor, max, min, round } = Math;

/** OPC UA Part 4, 7.39 and Part 8: the StatusCodes the demo's instruments give, 32 bits unsigned. */
export const STATUS = { good: 0, sensorFailure: 0x808c0000, noCommunication: 0x80310000 } as const;

/** Where a tag stands in every array of the panel. */
export interface PanelTag {
  /** `<station>.<tag>` */
  readonly key: string;
  readonly station: StationSpec;
  readonly spec: TagSpec;
}

export const DEMO_TAGS: readonly PanelTag[] = DEMO_STATIONS.flatMap((station) =>
  station.tags.map((spec) => ({ key: `${station.id}.${spec.id}`, station, spec })),
);

/** A device that sends all its values in one message reads them all for it. */
const DEVICE_MESSAGE_S = 2;
const scanOf = (tag: PanelTag): number =>
  tag.station.server === 'mqtt-users' ? DEVICE_MESSAGE_S : tag.spec.scanS;

/**
 * Reads every instrument of the demo city off a running plant, with noise, scan cycle and resolution. The arrays
 * are reused from reading to reading: copy what must last.
 */
export class InstrumentPanel {
  /** In the tag's unit. */
  readonly values = new Float64Array(DEMO_TAGS.length);
  /** OPC UA StatusCode, unsigned. */
  readonly status = new Uint32Array(DEMO_TAGS.length);
  private readonly senses: Sense[];
  private readonly channels: number[];

  constructor(private readonly run: PlantRun) {
    this.senses = DEMO_TAGS.map((t) => t.spec.bind(run));
    this.channels = DEMO_TAGS.map((t) => channelOf(t.key));
  }

  /** Reads all instruments at the plant's present time. */
  readAll(scenarios: readonly Scenario[]): void {
    for (let i = 0; i < DEMO_TAGS.length; i++) this.read(i);
    this.judge(scenarios);
  }

  /**
   * Reads only those whose scan falls between `sinceMs` and now, as an instrument that scans does.
   * @returns the tags that were read or whose status changed
   */
  readDue(sinceMs: number, scenarios: readonly Scenario[]): number[] {
    const now = this.run.timeMs / 1_000;
    const since = sinceMs / 1_000;
    const before = this.status.slice();
    const fresh: number[] = [];
    this.judge(scenarios);
    for (const [i, tag] of DEMO_TAGS.entries()) {
      const scanS = scanOf(tag);
      const due = floor(now / scanS) > floor(since / scanS);
      if (!due && this.status[i] === before[i]) continue;
      this.read(i);
      fresh.push(i);
    }
    return fresh;
  }

  private read(i: number): void {
    const spec = DEMO_TAGS[i]?.spec;
    const sense = this.senses[i];
    if (!spec || !sense) return;
    const timeS = this.run.timeMs / 1_000;
    let value = sense(timeS);
    if (spec.noise > 0)
      value += spec.noise * scanNoise(this.run.seed, this.channels[i] as number, timeS, spec.scanS);
    value = min(max(value, spec.range[0]), spec.range[1]);
    const steps = round(1 / spec.resolution);
    // Dividing by the number of steps in one unit gives the nearest double to the decimal shown.
    this.values[i] =
      spec.resolution < 1
        ? floor(value * steps + 0.5) / steps
        : round(value / spec.resolution) * spec.resolution;
  }

  private judge(scenarios: readonly Scenario[]): void {
    this.status.fill(STATUS.good);
    for (const scenario of scenarios) {
      if (!isActive(scenario, this.run.timeMs)) continue;
      const { effect } = scenario;
      if (effect.name === 'bad-quality')
        this.mark(STATUS.sensorFailure, (t) => t.key === effect.target || t.station.id === effect.target);
      if (effect.name === 'station-offline')
        this.mark(STATUS.noCommunication, (t) => t.station.id === effect.station);
      if (effect.name === 'server-offline')
        this.mark(STATUS.noCommunication, (t) => t.station.server === effect.server);
    }
  }

  private mark(status: number, hit: (tag: PanelTag) => boolean): void {
    for (const [i, tag] of DEMO_TAGS.entries()) if (hit(tag)) this.status[i] = status;
  }
}
