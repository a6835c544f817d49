import { slowNoise } from './noise';

// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { floor } = Math;

export type UserClass = 'residential' | 'commercial' | 'industrial' | 'cng';

/** Share of the day's mean in each local hour, 0 to 23. Normalised below, so only the shape counts. */
const SHAPES: Record<UserClass, readonly number[]> = {
  // Cooking at 7, 12 and 18, heating in the evening.
  residential: [
    45, 38, 34, 34, 40, 62, 105, 138, 118, 96, 104, 150, 142, 98, 82, 86, 112, 168, 192, 168, 138, 112, 86,
    62,
  ],
  commercial: [
    40, 36, 34, 34, 36, 44, 66, 92, 120, 132, 146, 162, 156, 132, 122, 120, 130, 158, 166, 148, 118, 88, 64,
    50,
  ],
  // Two shifts and a furnace that never goes out.
  industrial: [
    86, 85, 84, 84, 85, 88, 94, 104, 112, 114, 113, 108, 104, 110, 113, 113, 111, 106, 104, 102, 100, 96, 92,
    90,
  ],
  // Trailers fill when electricity is cheap and taxis change drivers.
  cng: [
    120, 130, 132, 126, 118, 110, 92, 78, 82, 88, 92, 96, 98, 92, 88, 86, 84, 80, 84, 92, 100, 106, 112, 116,
  ],
};

const normalised = (shape: readonly number[]): Float64Array => {
  const mean = shape.reduce((sum, x) => sum + x, 0) / shape.length;
  return Float64Array.from(shape, (x) => x / mean);
};
const CURVES: Record<UserClass, Float64Array> = {
  residential: normalised(SHAPES.residential),
  commercial: normalised(SHAPES.commercial),
  industrial: normalised(SHAPES.industrial),
  cng: normalised(SHAPES.cng),
};

const WEEKEND: Record<UserClass, number> = {
  residential: 1.06,
  commercial: 1.1,
  industrial: 0.88,
  cng: 0.94,
};

/** Season by month, January first: heating makes the winter, factories do not feel it. */
const SEASON: Record<UserClass, readonly number[]> = {
  residential: [1.42, 1.38, 1.16, 0.96, 0.84, 0.76, 0.72, 0.72, 0.78, 0.9, 1.1, 1.32],
  commercial: [1.22, 1.2, 1.08, 0.98, 0.92, 0.9, 0.9, 0.9, 0.92, 0.97, 1.05, 1.18],
  industrial: [0.98, 0.9, 1.02, 1.03, 1.02, 1, 0.99, 0.98, 1.01, 1.02, 1.03, 1.02],
  cng: [0.96, 0.92, 1, 1.01, 1.02, 1.02, 1.03, 1.03, 1.01, 1, 1, 0.99],
};

const DAY_S = 86_400;

/**
 * Daily curve: the flow of a class relative to the mean of its day, at a local time of day in seconds.
 * Hour values stand at the middle of their hour with straight lines between, so its mean over a day is exactly 1.
 */
export function dailyCurve(userClass: UserClass, secondOfDay: number): number {
  const curve = CURVES[userClass];
  const x = (((secondOfDay / 3_600 - 0.5) % 24) + 24) % 24;
  const hour = floor(x);
  const a = curve[hour] as number;
  return a + ((curve[(hour + 1) % 24] as number) - a) * (x - hour);
}

/** Factor of the local calendar day: season, running smoothly through the middles of months, and weekend. */
export function dayFactor(userClass: UserClass, localDay: number): number {
  const date = new Date(localDay * DAY_S * 1_000);
  const weekday = date.getUTCDay();
  const month = date.getUTCMonth() + (date.getUTCDate() - 15) / 30.5 + 12;
  const before = floor(month) % 12;
  const season = SEASON[userClass];
  const a = season[before] as number;
  const seasonal = a + ((season[(before + 1) % 12] as number) - a) * (month - floor(month));
  return seasonal * (weekday === 0 || weekday === 6 ? WEEKEND[userClass] : 1);
}

export interface DemandDefinition {
  readonly id: string;
  readonly userClass: UserClass;
  /** Standard m³ of an average day. */
  readonly dayVolume: number;
}

/** How far real demand wanders round its curve (fraction, about one sigma) and how fast (seconds). */
export const DEMAND_WANDER = { fraction: 0.025, periodS: 1_800 } as const;

/**
 * Flow demanded at an instant, standard m³/s.
 * @param timeS seconds since the epoch, UTC @param offsetS local time minus UTC, seconds
 */
export function demandAt(
  demand: DemandDefinition,
  timeS: number,
  offsetS: number,
  noise: { seed: number; channel: number },
): number {
  const local = timeS + offsetS;
  const day = floor(local / DAY_S);
  const mean = (demand.dayVolume / DAY_S) * dayFactor(demand.userClass, day);
  const wander =
    1 + DEMAND_WANDER.fraction * slowNoise(noise.seed, noise.channel, timeS, DEMAND_WANDER.periodS);
  return mean * dailyCurve(demand.userClass, local - day * DAY_S) * wander;
}
