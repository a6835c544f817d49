import { channelOf, slowNoise, uniformAt } from '../noise';
import type { PlantRun } from '../plant-run';
import { totaliserShown } from '../meters';
import type { Common, Site, TagSpec } from './tag-spec';

// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { cbrt, floor, max, min, sqrt } = Math;

const HOUR = 3_600;
const DAY_S = 86_400;

/** Gauge pressure of a node of the plant in MPa. */
export function pressureAtNode(site: Site, node: string, tag: Common & { spanMPa: number }): TagSpec {
  return pressureOf(tag, (run) => {
    const index = run.hydraulics.nodeIndex(node);
    return () => ((run.pressures[index] as number) - site.atmosphericKPa) / 1_000;
  });
}

/** Gauge pressure at a meter in MPa. */
export function pressureAtMeter(site: Site, meter: string, tag: Common & { spanMPa: number }): TagSpec {
  return pressureOf(tag, (run) => {
    const index = meterIndex(run, meter);
    return () => ((run.meterPressure[index] as number) - site.atmosphericKPa) / 1_000;
  });
}

function pressureOf(tag: Common & { spanMPa: number }, bind: TagSpec['bind']): TagSpec {
  const { spanMPa, ...common } = tag;
  return {
    ...common,
    kind: 'pressure',
    unit: 'MPa',
    pressure: 'gauge',
    range: [0, spanMPa],
    decimals: spanMPa > 1 ? 3 : 4,
    noise: spanMPa > 1 ? 0.0003 : 0.00008,
    scanS: 2,
    resolution: spanMPa > 1 ? 0.0005 : 0.0001,
    bind,
  };
}

/** Low-pressure outlet behind a second regulator, kPa gauge: sinks with its share of the station's flow. */
export function lowPressureOutlet(
  site: Site,
  flowOf: string,
  mainNode: string,
  capacity: number,
  tag: Common,
): TagSpec {
  return {
    ...tag,
    kind: 'pressure',
    unit: 'kPa',
    pressure: 'gauge',
    range: [0, 5],
    decimals: 2,
    noise: 0.01,
    scanS: 2,
    resolution: 0.01,
    bind: (run) => {
      const node = run.hydraulics.nodeIndex(mainNode);
      return () => {
        const behind = (run.pressures[node] as number) - site.atmosphericKPa;
        const held = 2.78 - 0.4 * (run.flowOf(flowOf) / capacity);
        return max(min(held, behind * 0.03), 0);
      };
    },
  };
}

/** Gas temperature in °C: a mean that wanders with the day. */
export function temperature(site: Site, meanC: number, tag: Common): TagSpec {
  const channel = channelOf(`${site.station} ${tag.id} temperature`);
  return {
    ...tag,
    kind: 'temperature',
    unit: '°C',
    range: [-20, 60],
    decimals: 1,
    noise: 0.02,
    scanS: 15,
    resolution: 0.1,
    bind: (run) => (timeS) => meanC + 0.3 * slowNoise(run.seed, channel, timeS, 4 * HOUR),
  };
}

function meterIndex(run: PlantRun, meter: string): number {
  const index = run.plant.meters.findIndex((m) => m.id === meter);
  if (index < 0)
    throw new RangeError(`meter ${meter}: expected one of ${run.plant.meters.map((m) => m.id).join(', ')}`);
  return index;
}

/** Flow at a meter in m³/h, corrected or at line conditions. */
export function flow(
  meter: string,
  volume: 'corrected' | 'uncorrected',
  tag: Common & { fullScale: number },
): TagSpec {
  const { fullScale, ...common } = tag;
  return {
    ...common,
    kind: 'flow',
    unit: 'm³/h',
    range: [0, fullScale],
    decimals: volume === 'corrected' ? 0 : 1,
    noise: fullScale * 0.0004,
    scanS: volume === 'corrected' ? 2 : 5,
    resolution: volume === 'corrected' ? 1 : 0.1,
    bind: (run) => {
      const index = meterIndex(run, meter);
      const of = volume === 'corrected' ? run.meterCorrected : run.meterUncorrected;
      return () => (of[index] as number) * HOUR;
    },
  };
}

/** Counter of a meter in m³, with its rollover. */
export function totaliser(
  meter: string,
  volume: 'corrected' | 'uncorrected',
  tag: Common & { rollover: number },
): TagSpec {
  const { rollover, ...common } = tag;
  return {
    ...common,
    kind: 'totaliser',
    unit: 'm³',
    range: [0, rollover],
    decimals: 2,
    noise: 0,
    scanS: 10,
    resolution: 0.01,
    bind: (run) => {
      const index = meterIndex(run, meter);
      return () => totaliserShown(run.totals.meters[index]?.[volume] ?? 0, rollover);
    },
  };
}

/** Filter's differential pressure in kPa: grows with the flow squared and with dirt until it is cleaned. */
export function filter(site: Site, flowOf: string, capacity: number, tag: Common): TagSpec {
  const start = uniformAt(1, channelOf(`${site.station} ${tag.id}`), 0);
  return {
    ...tag,
    kind: 'differentialPressure',
    unit: 'kPa',
    range: [0, 100],
    decimals: 1,
    noise: 0.05,
    scanS: 10,
    resolution: 0.1,
    limits: { H: 50, HH: 70, deadband: 2, onDelayS: 10 },
    bind: (run) => (timeS) => {
      const dirt = (timeS / (90 * DAY_S) + start) % 1;
      return 2 + (12 + 20 * dirt) * min((run.flowOf(flowOf) / capacity) ** 2 * 4, 2);
    },
  };
}

/** Regulator's opening in %. */
export function regulatorOpening(flowOf: string, capacity: number, tag: Common): TagSpec {
  return {
    ...tag,
    kind: 'valvePosition',
    unit: '%',
    range: [0, 100],
    decimals: 1,
    noise: 0.1,
    scanS: 5,
    resolution: 0.2,
    bind: (run) => () => min(100 * sqrt(max(run.flowOf(flowOf) / capacity, 0)), 100),
  };
}

/** Position of a shut-off valve in %: open. */
export function shutOffValve(tag: Common): TagSpec {
  return {
    ...tag,
    kind: 'valvePosition',
    unit: '%',
    range: [0, 100],
    decimals: 0,
    noise: 0,
    scanS: 60,
    resolution: 1,
    bind: () => () => 100,
  };
}

/** Combustible gas in % LEL: nearly nothing, unless the main or pipe at the station leaks. */
export function gasDetector(site: Site, leakSite: string | null, tag: Common): TagSpec {
  const channel = channelOf(`${site.station} ${tag.id}`);
  const nearness = 0.4 + 0.6 * uniformAt(2, channel, 0);
  return {
    ...tag,
    kind: 'gasDetector',
    unit: '%LEL',
    position: 'ambient',
    range: [0, 100],
    decimals: 1,
    noise: 0.05,
    scanS: 5,
    resolution: 0.1,
    limits: { H: 20, HH: 40, deadband: 2 },
    bind: (run) => {
      const leak = leakSite === null ? -1 : run.hydraulics.leakSites.indexOf(leakSite);
      return (timeS) => {
        const calm = max(0.6 + 0.4 * slowNoise(run.seed, channel, timeS, HOUR), 0);
        const escaping = leak < 0 ? 0 : (run.hydraulics.flows.leak[leak] as number);
        return min(calm + nearness * 30 * cbrt(escaping), 100);
      };
    },
  };
}

/** Odorant (THT) in the gas, mg/m³. */
export function odorant(site: Site, tag: Common): TagSpec {
  const channel = channelOf(`${site.station} ${tag.id}`);
  return {
    ...tag,
    kind: 'odorant',
    unit: 'mg/m³',
    range: [0, 50],
    decimals: 1,
    noise: 0.1,
    scanS: 30,
    resolution: 0.1,
    limits: { LL: 12, L: 15, H: 28, HH: 35, deadband: 1, onDelayS: 60 },
    bind: (run) => (timeS) => 20.5 + 1.2 * slowNoise(run.seed, channel, timeS, 2 * HOUR),
  };
}

/** Odorant tank in %: empties over five weeks, then the tanker comes. */
export function odorantTank(tag: Common): TagSpec {
  return {
    ...tag,
    kind: 'level',
    unit: '%',
    range: [0, 100],
    decimals: 1,
    noise: 0,
    scanS: 60,
    resolution: 0.1,
    limits: { LL: 5, L: 10, deadband: 1 },
    bind: () => (timeS) => 95 - 75 * ((timeS / (35 * DAY_S)) % 1),
  };
}

/** Minutes since the mains failed at a station, 0 while there is power: rare, short, known from the calendar. */
function minutesWithoutPower(station: string, seed: number, timeS: number): number {
  const day = floor(timeS / DAY_S);
  const channel = channelOf(`${station} mains`);
  if (uniformAt(seed, channel, day) > 0.03) return 0;
  const start = day * DAY_S + uniformAt(seed, channel + 1, day) * 0.9 * DAY_S;
  const since = (timeS - start) / 60;
  return since >= 0 && since < 25 ? since + 0.01 : 0;
}

/** Mains power: 1 there, 0 gone. */
export function mainsPower(site: Site, tag: Common): TagSpec {
  return {
    ...tag,
    ...SWITCH,
    limits: { L: 0.5, deadband: 0, onDelayS: 5 },
    bind: (run) => (timeS) => (minutesWithoutPower(site.station, run.seed, timeS) > 0 ? 0 : 1),
  };
}

const SWITCH = {
  kind: 'switch',
  unit: '',
  range: [0, 1],
  decimals: 0,
  noise: 0,
  scanS: 5,
  resolution: 1,
} as const;

/** Door contact: 1 open, for a quarter of an hour at a round. */
export function door(site: Site, tag: Common): TagSpec {
  const channel = channelOf(`${site.station} door`);
  return {
    ...tag,
    ...SWITCH,
    bind: (run) => (timeS) => {
      const day = floor(timeS / DAY_S);
      const opens = (0.5 + 9 * uniformAt(run.seed, channel, day)) * HOUR;
      const since = timeS - day * DAY_S - opens;
      return since >= 0 && since < 900 ? 1 : 0;
    },
  };
}

/** A machine that runs while gas flows: 1 running. */
export function running(flowOf: string, threshold: number, tag: Common): TagSpec {
  return { ...tag, ...SWITCH, bind: (run) => () => (run.flowOf(flowOf) > threshold ? 1 : 0) };
}

/** UPS: 24 V bus, sinking on battery. */
export function upsVoltage(site: Site, tag: Common): TagSpec {
  return {
    ...tag,
    kind: 'voltage',
    unit: 'V',
    range: [0, 32],
    decimals: 1,
    noise: 0.02,
    scanS: 30,
    resolution: 0.1,
    limits: { LL: 21, L: 22.5, deadband: 0.3, onDelayS: 30 },
    bind: (run) => (timeS) => {
      const minutes = minutesWithoutPower(site.station, run.seed, timeS);
      return minutes > 0 ? 24.6 - 0.06 * minutes : 27.2;
    },
  };
}

/** Any pressure that only wanders, MPa gauge. */
export function wanderingPressure(
  site: Site,
  about: { meanMPa: number; sigmaMPa: number; spanMPa: number },
  tag: Common,
): TagSpec {
  const channel = channelOf(`${site.station} ${tag.id}`);
  return pressureOf({ ...tag, spanMPa: about.spanMPa }, (run) => (timeS) => {
    return about.meanMPa + about.sigmaMPa * slowNoise(run.seed, channel, timeS, 900);
  });
}
