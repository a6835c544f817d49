import type { PressureAbsKPa, TemperatureK } from '@linepack/network';
import type { Composition } from '../composition';

/**
 * Compressibility of one gas: Z at absolute pressure (kPa) and temperature (K).
 * @throws RangeError for a state outside the method's mathematical range; never an ideal-gas value instead.
 */
export type Compressibility = (pressure: PressureAbsKPa, temperature: TemperatureK) => number;

/**
 * A method of calculating Z. `id` and `version` are pinned in every result that used it, so that a result of last
 * year can be computed again with the same figures.
 */
export interface CompressibilityMethod {
  readonly id: string;
  readonly version: string;
  /**
   * Everything that depends on the composition only is computed here, once per gas.
   * @throws RangeError naming the component the method does not know, or a composition that does not sum to 1.
   */
  readonly of: (gas: Composition) => Compressibility;
}

/** How a method is written into a result's pinned inputs. */
export const methodVersion = (method: CompressibilityMethod): string => `${method.id}/${method.version}`;

/** Z, or undefined for a state outside the method's range: what a broken transmitter says, not a fault of ours. */
export function compressibilityOrNone(
  z: Compressibility,
  pressure: PressureAbsKPa,
  temperature: TemperatureK,
): number | undefined {
  try {
    return z(pressure, temperature);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
