/** Units a tag may carry, by kind of quantity. Values are stored in the tag's own unit and never converted in place. */
export const UNITS = {
  pressure: ['Pa', 'kPa', 'MPa', 'bar'],
  differentialPressure: ['Pa', 'kPa', 'MPa', 'bar'],
  temperature: ['°C', 'K'],
  flow: ['m³/h'],
  totaliser: ['m³'],
  valvePosition: ['%'],
  gasDetector: ['%LEL'],
  odorant: ['mg/m³'],
  voltage: ['V'],
  level: ['%', 'm'],
  speedOfSound: ['m/s'],
  switch: [''],
} as const;

export type TagKind = keyof typeof UNITS;
export type Unit = (typeof UNITS)[TagKind][number];

const KPA_PER: Record<string, number> = { Pa: 0.001, kPa: 1, MPa: 1_000, bar: 100 };

/**
 * A pressure in its unit to kPa (gauge stays gauge, absolute stays absolute).
 * @throws RangeError when the unit is not one of pressure.
 */
export function kPaFrom(value: number, unit: string): number {
  const factor = KPA_PER[unit];
  if (factor === undefined)
    throw new RangeError(`unit ${unit}: expected one of ${UNITS.pressure.join(', ')}`);
  return value * factor;
}

/**
 * A temperature in its unit to kelvin.
 * @throws RangeError when the unit is not one of temperature.
 */
export function kelvinFrom(value: number, unit: string): number {
  if (unit === 'K') return value;
  if (unit === '°C') return value + 273.15;
  throw new RangeError(`unit ${unit}: expected one of ${UNITS.temperature.join(', ')}`);
}
