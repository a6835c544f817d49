import { QUALITY, type Quality } from './quality';

/** value in the tag's unit = raw · factor + offset. */
export interface Scale {
  readonly factor: number;
  readonly offset: number;
}

/** Value with its quality before it belongs to a tag and a time. */
export interface Reading {
  readonly quality: Quality;
  readonly value: number | null;
}

/**
 * Applies the scale. A number without a result (overflow) becomes BadOutOfRange with null; a Good reading without a
 * number becomes BadDecodingError, because Good without a value would count as covered time.
 */
export function scaled(reading: Reading, scale: Scale): Reading {
  if (reading.value === null)
    return reading.quality < 0 ? reading : { quality: QUALITY.BadDecodingError, value: null };
  const value = reading.value * scale.factor + scale.offset;
  if (!Number.isFinite(value)) return { quality: QUALITY.BadOutOfRange, value: null };
  return { quality: reading.quality, value };
}
