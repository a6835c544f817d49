/**
 * Branded units. A brand costs nothing at run time and keeps what must not be mixed apart at compile time:
 * gauge from absolute pressure, fraction from percent, line volume from standard volume.
 */
declare const unit: unique symbol;
export type Branded<T, B extends string> = T & { readonly [unit]: B };

/** Absolute pressure in kPa. */
export type PressureAbsKPa = Branded<number, 'PressureAbsKPa'>;
/** Gauge pressure in kPa: above the station's own atmospheric pressure. */
export type PressureGaugeKPa = Branded<number, 'PressureGaugeKPa'>;
/** Thermodynamic temperature in kelvin. */
export type TemperatureK = Branded<number, 'TemperatureK'>;
/** Volume in m³ at the flowing (line) conditions. */
export type LineCubicMetres = Branded<number, 'LineCubicMetres'>;
/** Volume in m³ at the reference conditions it is stored with. */
export type StdCubicMetres = Branded<number, 'StdCubicMetres'>;
/** A ratio: 0.01 is one per cent. */
export type Fraction = Branded<number, 'Fraction'>;
/** A percentage: 1 is one per cent. */
export type Percent = Branded<number, 'Percent'>;
/** Microseconds since 1970-01-01T00:00:00Z, a safe integer until the year 2255. */
export type Micros = Branded<number, 'Micros'>;
/** A gas day, `YYYY-MM-DD`, named by the local day it starts on. */
export type GasDay = Branded<string, 'GasDay'>;

/** Identity of a tag in the database and on the live wire. */
export type TagId = Branded<number, 'TagId'>;
/** Stable name of a tag: `<station>.<tag>`, for instance `gate-east.pt-101`. */
export type TagKey = Branded<string, 'TagKey'>;
export type StationId = Branded<string, 'StationId'>;
export type SourceId = Branded<string, 'SourceId'>;
export type MeterId = Branded<string, 'MeterId'>;
export type PipeId = Branded<string, 'PipeId'>;
export type AreaId = Branded<string, 'AreaId'>;
export type GasId = Branded<string, 'GasId'>;

export const percentOf = (fraction: Fraction): Percent => (fraction * 100) as Percent;
export const fractionOf = (percent: Percent): Fraction => (percent / 100) as Fraction;

export const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_HOUR = 3_600_000_000;

/** The clock session of what we stamp ourselves. Every session of a source's clock has a number of its own above it. */
export const OUR_CLOCK = 0;

/** Milliseconds of a `Date` at the edge to microseconds. */
export const microsFromMs = (ms: number): Micros => Math.round(ms * MICROS_PER_MS) as Micros;
/** Microseconds to whole milliseconds for a `Date` at the edge. */
export const msFromMicros = (micros: Micros): number => Math.floor(micros / MICROS_PER_MS);
