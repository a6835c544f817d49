// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { sqrt } = Math;

/** Reference conditions of every standard volume in the simulation: 20 °C, 101.325 kPa (GB/T 19205). */
export const REFERENCE = { temperatureK: 293.15, pressureKPa: 101.325 } as const;

/**
 * Z = 1 + a·p + b·p² at one temperature. Pipelines are isothermal, so two coefficients follow a real equation of
 * state within 1e-4 up to 4 MPa, and p can be had from the amount of gas in closed form.
 */
export interface GasLaw {
  /** 1/kPa */
  readonly a: number;
  /** 1/kPa² */
  readonly b: number;
  readonly temperatureK: number;
  /** Z at reference conditions. */
  readonly zReference: number;
}

export const compressibilityOf = (law: GasLaw, pAbsKPa: number): number =>
  1 + pAbsKPa * (law.a + law.b * pAbsKPa);

/**
 * The law through an equation of state at two pressures.
 * @param zOf compressibility at (absolute kPa, K)
 * @param pMaxKPa highest absolute pressure of interest, kPa
 */
export function fitGasLaw(
  zOf: (pAbsKPa: number, tK: number) => number,
  temperatureK: number,
  pMaxKPa: number,
): GasLaw {
  const slope = (p: number) => (zOf(p, temperatureK) - 1) / p;
  const b = (slope(pMaxKPa) - slope(pMaxKPa / 2)) / (pMaxKPa / 2);
  const a = slope(pMaxKPa) - b * pMaxKPa;
  return { a, b, temperatureK, zReference: zOf(REFERENCE.pressureKPa, REFERENCE.temperatureK) };
}

/** Standard m³ in one geometric m³ for each kPa of p/Z. */
export const contentFactor = (law: GasLaw): number =>
  (REFERENCE.temperatureK * law.zReference) / (REFERENCE.pressureKPa * law.temperatureK);

/** p such that p / Z(p) = y, both absolute kPa. */
export function pressureFromRatio(law: GasLaw, y: number): number {
  const linear = 1 - law.a * y;
  return (2 * y) / (linear + sqrt(linear * linear - 4 * law.b * y * y));
}

/** Line m³ for one standard m³ at absolute kPa and K. */
export function lineVolumeOf(law: GasLaw, pAbsKPa: number, temperatureK: number): number {
  return (
    ((REFERENCE.pressureKPa / pAbsKPa) *
      (temperatureK / REFERENCE.temperatureK) *
      compressibilityOf(law, pAbsKPa)) /
    law.zReference
  );
}
