import { MICROS_PER_MS, type Micros, type TagId } from '@linepack/network';
import { integerOfWords, numberOf, qualityOf, QUALITY } from '@linepack/telemetry';
import { DataType, type DataValue } from 'node-opcua';
import type { Received } from './source';

/**
 * A DataValue (OPC UA Part 4, 7.11) as received. The source timestamp counts, to the microsecond; where the server
 * sends none there is none, since its own timestamp says when it looked, not when it was so. A Good value that is no
 * number (a string, an array) is BadDecodingError.
 */
export function receivedOf(tagId: TagId, data: DataValue): Received {
  const quality = qualityOf(data.statusCode.value);
  const value = numberOfVariant(data);
  const ts = data.sourceTimestamp
    ? ((data.sourceTimestamp.getTime() * MICROS_PER_MS + microsWithin(data.sourcePicoseconds)) as Micros)
    : null;
  if (value === null && quality >= 0) return { tagId, quality: QUALITY.BadDecodingError, value: null, ts };
  return { tagId, quality, value, ts };
}

function numberOfVariant(data: DataValue): number | null {
  const raw: unknown = data.value?.value;
  switch (data.value?.dataType) {
    case DataType.Int64:
      return integerOfWords(raw, 'Int64');
    case DataType.UInt64:
      return integerOfWords(raw, 'UInt64');
    default:
      return numberOf(raw);
  }
}

/** node-opcua gives what is finer than a Date's millisecond in units of 10 ps at most one millisecond's worth. */
function microsWithin(picoseconds: number | undefined): number {
  const micros = Math.floor((picoseconds ?? 0) / 1_000_000);
  return micros > 0 && micros < MICROS_PER_MS ? micros : 0;
}
