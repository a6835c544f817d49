const MINUS = '−';
const NOTHING = '–';

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(decimals: number, sign: 'auto' | 'exceptZero'): Intl.NumberFormat {
  const key = `${decimals}${sign}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: sign === 'auto' ? 'negative' : 'exceptZero',
    });
    formats.set(key, format);
  }
  return format;
}

const printed = (value: number | null | undefined, decimals: number, sign: 'auto' | 'exceptZero') =>
  value === null || value === undefined || !Number.isFinite(value)
    ? NOTHING
    : formatOf(decimals, sign).format(value).replace('-', MINUS);

/** A number with a fixed count of decimals; a dash when there is none. */
export const formatNumber = (value: number | null | undefined, decimals: number): string =>
  printed(value, decimals, 'auto');

/** The same with its sign always written, as a change or a loss is. */
export const formatSigned = (value: number | null | undefined, decimals: number): string =>
  printed(value, decimals, 'exceptZero');

/** A volume in m³: whole cubic metres say enough. */
export const formatVolume = (value: number | null | undefined): string => formatNumber(value, 0);

/** Bytes for the spool's size: 512 B, 12.3 kB, 4.0 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
