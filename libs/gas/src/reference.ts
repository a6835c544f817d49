import type { PressureAbsKPa, ReferenceConditions, TemperatureK } from '@linepack/network';

/** State a standard volume refers to. Stored with every volume: 15 °C taken for 20 °C is 1.75 % of volume. */
export interface ReferenceState {
  readonly pressure: PressureAbsKPa;
  readonly temperature: TemperatureK;
}

/** 20 °C and 101.325 kPa: GB 17820, the reference of trade in China. */
export const CHINA_REFERENCE: ReferenceState = {
  pressure: 101.325 as PressureAbsKPa,
  temperature: 293.15 as TemperatureK,
};

/** Reference conditions of the network file (°C, kPa absolute) as a state. */
export const referenceState = (conditions: ReferenceConditions): ReferenceState => ({
  pressure: conditions.pressureKPa as PressureAbsKPa,
  temperature: (conditions.temperatureC + 273.15) as TemperatureK,
});
