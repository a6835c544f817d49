import type { Micros, TagId } from '@linepack/network';

/**
 * Quality is the OPC UA StatusCode itself (Part 4, 7.39), 32 bits, kept as a signed integer: 0 is Good, Uncertain is
 * positive, Bad is negative. Overflow and limit bits stay.
 */
export type Quality = number & { readonly __quality: 'OPC UA StatusCode as int32' };

/** The codes Linepack itself sets. */
export const QUALITY = {
  Good: 0 as Quality,
  GoodLocalOverride: (0x00960000 | 0) as Quality,
  Uncertain: (0x40000000 | 0) as Quality,
  UncertainLastUsableValue: (0x40900000 | 0) as Quality,
  Bad: (0x80000000 | 0) as Quality,
  BadNoCommunication: (0x80310000 | 0) as Quality,
  BadOutOfRange: (0x803c0000 | 0) as Quality,
  BadDecodingError: (0x80070000 | 0) as Quality,
  BadWaitingForInitialData: (0x80320000 | 0) as Quality,
  BadOutOfService: (0x808d0000 | 0) as Quality,
  BadUserAccessDenied: (0x801f0000 | 0) as Quality,
  BadNodeIdInvalid: (0x80330000 | 0) as Quality,
  BadTooManyMonitoredItems: (0x80db0000 | 0) as Quality,
} as const;

export const qualityOf = (statusCode: number): Quality => (statusCode | 0) as Quality;
/** The StatusCode as OPC UA writes it, unsigned. */
export const statusCodeOf = (quality: Quality): number => quality >>> 0;

export type QualityClass = 'good' | 'uncertain' | 'bad';
/** Severity: the two highest bits of the StatusCode. */
export const qualityClass = (quality: Quality): QualityClass =>
  quality < 0 ? 'bad' : quality >= 0x40000000 ? 'uncertain' : 'good';
/** Good and Uncertain values count in arithmetic; Bad ones never do. */
export const isUsable = (quality: Quality): boolean => quality >= 0;

/** One measurement. `value` is null when there is no usable number; it is never NaN. */
export interface Sample {
  readonly tagId: TagId;
  /** Source timestamp, microseconds since the epoch. */
  readonly ts: Micros;
  readonly quality: Quality;
  readonly value: number | null;
}
