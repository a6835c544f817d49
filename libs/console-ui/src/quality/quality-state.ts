import { QUALITY, qualityClass, qualityOf } from '@linepack/telemetry';

/** What a reader must know of a value before he believes it. */
export type QualityState =
  'good' | 'uncertain' | 'bad' | 'stale' | 'manual' | 'offScan' | 'none' | 'notCurrent';

/** A value is stale when its source has not said it for three of its own longest reporting intervals. */
export const STALE_INTERVALS = 3;

/**
 * The state shown beside a value.
 * @param value last value with when it was heard (microseconds) and its StatusCode; undefined when none ever came
 * @param now the server's clock, microseconds
 * @param maxReportS the tag's longest reporting interval, seconds
 * @param link whether the server still tells us of changes
 */
export function qualityState(
  value: { readonly heardAt: number; readonly quality: number } | undefined,
  now: number,
  maxReportS: number,
  link: 'connecting' | 'up' | 'lost',
): QualityState {
  // Whatever was known of it last: nobody can say now whether it still holds.
  if (link === 'lost') return value ? 'notCurrent' : 'none';
  if (!value) return 'none';
  const quality = qualityOf(value.quality);
  if (quality === QUALITY.BadOutOfService) return 'offScan';
  if (quality === QUALITY.GoodLocalOverride) return 'manual';
  const severity = qualityClass(quality);
  if (severity === 'bad') return 'bad';
  if (now - value.heardAt > maxReportS * STALE_INTERVALS * 1_000_000) return 'stale';
  return severity;
}

/** Whether the number itself may be shown as the present value. */
export const isPresent = (state: QualityState): boolean =>
  state === 'good' || state === 'uncertain' || state === 'manual';
