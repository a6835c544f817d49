import type { AlarmLimits } from '@linepack/network';

export type LimitName = 'LL' | 'L' | 'H' | 'HH' | 'MAOP';

/** What a bar is drawn from; every number in the tag's own unit. */
export interface BarInput {
  readonly value: number | null;
  readonly range: readonly [number, number];
  readonly limits: AlarmLimits | null;
  readonly maop: number | null;
}

/** Positions in per cent of the bar's length, left (low) to right (high). */
export interface BarGeometry {
  readonly domain: readonly [number, number];
  /** Between L and H. */
  readonly band: readonly [number, number] | null;
  /** Between LL and HH. */
  readonly outer: readonly [number, number] | null;
  readonly ticks: readonly { name: LimitName; value: number; at: number }[];
  readonly pointer: number | null;
  /** The value lies outside what the bar can show: the pointer stands at the end, as an arrow. */
  readonly beyond: 'low' | 'high' | null;
  /** The limit the value is beyond, if any. */
  readonly passed: LimitName | null;
}

/** Share of the limits' span left free at both ends, so that a value just beyond HH still moves. */
const MARGIN = 0.18;

/** The section of the instrument's range worth drawing: the limits and a margin; the whole range without limits. */
export function barDomain({ range, limits, maop }: Omit<BarInput, 'value'>): [number, number] {
  const marks = [limits?.LL, limits?.L, limits?.H, limits?.HH, maop].filter(
    (x): x is number => x !== undefined && x !== null,
  );
  const low = limits?.LL ?? limits?.L;
  const high = Math.max(...marks);
  // One-sided limits (a filter's differential pressure has only H and HH) are read from the range's other end.
  const from = low ?? range[0];
  const to = marks.length > 0 && high > from ? high : range[1];
  const margin = (to - from) * MARGIN;
  return [low === undefined ? from : Math.max(Math.min(range[0], from), from - margin), to + margin];
}

function passedLimit(value: number, limits: AlarmLimits | null, maop: number | null): LimitName | null {
  if (maop !== null && value > maop) return 'MAOP';
  if (limits?.HH !== undefined && value >= limits.HH) return 'HH';
  if (limits?.H !== undefined && value >= limits.H) return 'H';
  if (limits?.LL !== undefined && value <= limits.LL) return 'LL';
  if (limits?.L !== undefined && value <= limits.L) return 'L';
  return null;
}

/** Lays a value and its limits out on a bar. */
export function barGeometry(input: BarInput): BarGeometry {
  const domain = barDomain(input);
  const [low, high] = domain;
  const at = (v: number) => Math.min(100, Math.max(0, ((v - low) / (high - low)) * 100));
  const { limits, maop, value } = input;
  const span = (a: number | undefined, b: number | undefined): [number, number] | null =>
    a === undefined && b === undefined ? null : [at(a ?? low), at(b ?? high)];
  const named: [LimitName, number | null | undefined][] = [
    ['LL', limits?.LL],
    ['L', limits?.L],
    ['H', limits?.H],
    ['HH', limits?.HH],
    ['MAOP', maop],
  ];
  return {
    domain,
    band: span(limits?.L ?? limits?.LL, limits?.H ?? limits?.HH),
    outer: span(limits?.LL ?? limits?.L, limits?.HH ?? limits?.H),
    ticks: named.flatMap(([name, v]) =>
      v === null || v === undefined ? [] : [{ name, value: v, at: at(v) }],
    ),
    pointer: value === null ? null : at(value),
    beyond: value === null ? null : value < low ? 'low' : value > high ? 'high' : null,
    passed: value === null ? null : passedLimit(value, limits, maop),
  };
}
