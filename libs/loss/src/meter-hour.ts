import {
  compressibilityOrNone,
  conversionFactor,
  restated,
  type Compressibility,
  type ReferenceState,
} from '@linepack/gas';
import {
  MICROS_PER_HOUR,
  type Micros,
  type PressureAbsKPa,
  type StdCubicMetres,
  type TemperatureK,
} from '@linepack/network';
import type { Interval } from './gas-day';
import { firstAtOrAfter, meanOver, type Point, type Series } from './series';
import { totaliserStep, type TotaliserStep } from './totaliser';

/** How the counted volume becomes a standard volume at the network's reference. */
export type MeterConversion =
  /** The corrector counts standard m³ at `from`. */
  | {
      readonly kind: 'corrected';
      readonly from: ReferenceState;
      readonly to: ReferenceState;
      readonly z: Compressibility;
    }
  /** The counter counts line m³: converted with the interval's mean absolute pressure (kPa) and temperature (K). */
  | {
      readonly kind: 'uncorrected';
      readonly pressure: Series;
      readonly temperature: Series;
      readonly to: ReferenceState;
      readonly z: Compressibility;
    };

/** Everything that bears on one meter's records. */
export interface MeterReadings {
  readonly totaliser: Series;
  /** Flow in the counter's own m³/h, where there is one: stands in when the counter was reset. */
  readonly flow?: Series | undefined;
  readonly rolloverAt: number;
  /** The most the counter can count in an hour, in its own m³. */
  readonly mostPerHour: number;
  readonly conversion: MeterConversion;
  /** How far (µs) a sample may be from the instant it stands for. */
  readonly maxAge: number;
  /** When its sources could not be heard; apart from each other. What it counted then is known, but not when. */
  readonly away?: readonly Interval[] | undefined;
}

/** Shares of the interval's time; they sum to 1. */
export interface QualityShares {
  /** Between readings no further apart than twice the set age, while the sources could be heard. */
  readonly measured: number;
  /** From another quantity: flow integrated where the counter was reset. */
  readonly substituted: number;
  /** Spread evenly over a gap between two readings, or over time in which the sources were away. */
  readonly estimated: number;
  readonly missing: number;
}

/** The counter at one end of the interval. */
export interface EndReading {
  /** Interpolated; null where the counter was set back between the two readings. */
  readonly value: number | null;
  readonly before: Point;
  readonly after: Point;
  /** False when the readings around the instant are further away than the set age. */
  readonly inAge: boolean;
}

export type HourFlag = 'rollover' | 'reset' | 'reverse' | 'jump' | 'gap' | 'noConditions';

/** One meter's record of one interval (an hour, or the running part of one). */
export interface MeterHour {
  readonly from: Micros;
  readonly to: Micros;
  /** As counted, in the counter's own m³; null when it cannot be told. */
  readonly raw: number | null;
  /** Standard m³ at the network's reference; null when it cannot be told. */
  readonly volume: StdCubicMetres | null;
  /** Standard m³ per counted m³. */
  readonly factor: number | null;
  readonly start: EndReading | null;
  readonly end: EndReading | null;
  readonly shares: QualityShares;
  readonly flags: readonly HourFlag[];
}

const NOTHING: QualityShares = { measured: 0, substituted: 0, estimated: 0, missing: 1 };

/** Two neighbouring readings and what the counter did between them. */
interface Step {
  readonly before: Point;
  readonly after: Point;
  readonly step: TotaliserStep;
}

/** The most the counter can have moved in a time; six seconds of slack, since it counts in pulses. */
const mostIn = (meter: MeterReadings, time: number): number =>
  (meter.mostPerHour * time) / MICROS_PER_HOUR + meter.mostPerHour / 600;

function stepBetween(meter: MeterReadings, before: Point, after: Point): Step {
  const most = mostIn(meter, after.at - before.at);
  return { before, after, step: totaliserStep(before.value, after.value, meter.rolloverAt, most) };
}

/** The steps that touch the interval, or none when the readings do not reach around it. */
function stepsOver(meter: MeterReadings, { from, to }: Interval): Step[] {
  const { totaliser } = meter;
  const exact = totaliser[firstAtOrAfter(totaliser, from)]?.at === from;
  const first = firstAtOrAfter(totaliser, from) - (exact ? 0 : 1);
  const last = firstAtOrAfter(totaliser, to);
  if (first < 0 || last >= totaliser.length) return [];
  const steps: Step[] = [];
  for (let i = first; i < last; i++)
    steps.push(stepBetween(meter, totaliser[i] as Point, totaliser[i + 1] as Point));
  return steps;
}

function endReading(meter: MeterReadings, at: Micros): EndReading | null {
  const next = firstAtOrAfter(meter.totaliser, at);
  const after = meter.totaliser[next];
  if (after?.at === at) return { value: after.value, before: after, after, inAge: true };
  const before = meter.totaliser[next - 1];
  if (!before || !after) return null;
  const inAge = at - before.at <= meter.maxAge && after.at - at <= meter.maxAge;
  const { volume } = stepBetween(meter, before, after).step;
  const share = (at - before.at) / (after.at - before.at);
  const value = volume === null ? null : (before.value + share * volume) % meter.rolloverAt;
  return { value, before, after, inAge };
}

interface Counted {
  readonly raw: number | null;
  readonly substitutedTime: number;
  readonly estimatedTime: number;
  readonly flags: ReadonlySet<HourFlag>;
}

/** Time (µs) of an interval in which the meter could not be heard. */
function awayTime(away: readonly Interval[], { from, to }: Interval): number {
  return away.reduce((sum, gone) => sum + Math.max(0, Math.min(gone.to, to) - Math.max(gone.from, from)), 0);
}

/** What stands in for a step whose volume the counter cannot tell. */
function flowOver(meter: MeterReadings, interval: Interval): number | null {
  const mean = meter.flow && meanOver(meter.flow, interval, meter.maxAge);
  return mean === undefined ? null : (mean * (interval.to - interval.from)) / MICROS_PER_HOUR;
}

/**
 * Adds the steps up, the outermost by their share inside the interval: neighbouring intervals add up to exactly the
 * counter's own difference.
 */
function count(meter: MeterReadings, steps: readonly Step[], interval: Interval): Counted {
  const flags = new Set<HourFlag>();
  let raw: number | null = 0;
  let substitutedTime = 0;
  let estimatedTime = 0;
  for (const { before, after, step } of steps) {
    const from = Math.max(before.at, interval.from) as Micros;
    const to = Math.min(after.at, interval.to) as Micros;
    const span = after.at - before.at;
    if (step.kind !== 'forward') flags.add(step.kind);
    if (step.volume === null) substitutedTime += to - from;
    else if (span > 2 * meter.maxAge) {
      estimatedTime += to - from;
      flags.add('gap');
    } else {
      const away = awayTime(meter.away ?? [], { from, to });
      estimatedTime += away;
      if (away > 0) flags.add('gap');
    }
    const volume = step.volume === null ? flowOver(meter, { from, to }) : (step.volume * (to - from)) / span;
    raw = raw === null || volume === null ? null : raw + volume;
  }
  return { raw, substitutedTime, estimatedTime, flags };
}

/** Standard m³ per counted m³ over the interval, or null without pressure and temperature the gas can have. */
function factorOver(conversion: MeterConversion, interval: Interval, maxAge: number): number | null {
  const { to, z } = conversion;
  if (conversion.kind === 'corrected') {
    const { from } = conversion;
    const same = from.pressure === to.pressure && from.temperature === to.temperature;
    return same ? 1 : restated(1 as StdCubicMetres, from, to, z);
  }
  const pressure = meanOver(conversion.pressure, interval, maxAge) as PressureAbsKPa | undefined;
  const temperature = meanOver(conversion.temperature, interval, maxAge) as TemperatureK | undefined;
  if (pressure === undefined || temperature === undefined) return null;
  const zLine = compressibilityOrNone(z, pressure, temperature);
  if (zLine === undefined) return null;
  return conversionFactor({ pressure, temperature }, to, zLine, z(to.pressure, to.temperature));
}

function sharesOf(counted: Counted, { from, to }: Interval): QualityShares {
  const substituted = counted.substitutedTime / (to - from);
  const estimated = counted.estimatedTime / (to - from);
  return { measured: Math.max(0, 1 - substituted - estimated), substituted, estimated, missing: 0 };
}

/**
 * The record of one meter over one interval, from totaliser differences (API MPMS 21.1: raw and corrected kept).
 * A reset or jump is filled from the flow where there is one, else the record has no volume; a gap between readings
 * is bridged by the counter, which went on counting, and marked as estimated.
 */
export function meterHour(meter: MeterReadings, interval: Interval): MeterHour {
  const ends = { start: endReading(meter, interval.from), end: endReading(meter, interval.to) };
  const steps = stepsOver(meter, interval);
  if (steps.length === 0)
    return { ...interval, ...ends, raw: null, volume: null, factor: null, shares: NOTHING, flags: ['gap'] };

  const counted = count(meter, steps, interval);
  const factor = factorOver(meter.conversion, interval, meter.maxAge);
  const flags = [...counted.flags, ...(factor === null ? (['noConditions'] as const) : [])];
  const volume = counted.raw === null || factor === null ? null : counted.raw * factor;
  return {
    ...interval,
    ...ends,
    raw: counted.raw,
    volume: volume as StdCubicMetres | null,
    factor,
    shares: volume === null ? NOTHING : sharesOf(counted, interval),
    flags,
  };
}
