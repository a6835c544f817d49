import { MICROS_PER_MS, type Micros } from '@linepack/network';
import { integerOfWords, numberOf, qualityOf, QUALITY, type Quality } from '@linepack/telemetry';
import { DataType, type DataValue } from 'node-opcua';
import type { Received } from '../source';

/**
 * A DataValue (OPC UA Part 4, 7.11) as received. The source timestamp counts, to the microsecond; where the server
 * sends none there is none, since its own timestamp says when it looked, not when it was so. A Good value that is no
 * number (a string, an array) is BadDecodingError.
 */
export function valueOf(data: DataValue): Pick<Received, 'quality' | 'value' | 'ts' | 'unreadable'> {
  const quality = qualityOf(data.statusCode.value);
  const value = numberOfVariant(data);
  const ts = data.sourceTimestamp
    ? ((data.sourceTimestamp.getTime() * MICROS_PER_MS + microsWithin(data.sourcePicoseconds)) as Micros)
    : null;
  if (value === null && quality >= 0)
    return { quality: QUALITY.BadDecodingError, value: null, ts, unreadable: 'valueNotNumeric' };
  return { quality, value, ts };
}

/** Info type DataValue and HistorianBits of a StatusCode (OPC 10000-4, table 178). */
const INFO_TYPE_BITS = 0x0c00;
const INFO_TYPE_DATA_VALUE = 0x0400;
const HISTORIAN_BITS = 0x001f;

/** HistorianBits are set on values out of a history only: a server that replays what it kept says so by them. */
export const isHistorical = (quality: Quality): boolean =>
  (quality & INFO_TYPE_BITS) === INFO_TYPE_DATA_VALUE && (quality & HISTORIAN_BITS) !== 0;

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
