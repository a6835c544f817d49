/*
 * Instants are microseconds since the epoch on the wire. They are shown in the zone of the station (or the network),
 * never in the browser's: a laptop set to another zone must not move an alarm by hours.
 */
const MICROS_PER_MS = 1_000;

const parts = new Map<string, Intl.DateTimeFormat>();

function partsOf(micros: number, timeZone: string): Record<string, string> {
  let format = parts.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    parts.set(timeZone, format);
  }
  const out: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(Math.floor(micros / MICROS_PER_MS))) out[type] = value;
  return out;
}

/** `14:03:59` */
export function formatClock(micros: number, timeZone: string): string {
  const p = partsOf(micros, timeZone);
  return `${p['hour']}:${p['minute']}:${p['second']}`;
}

/** `14:03` */
export const formatMinute = (micros: number, timeZone: string): string =>
  formatClock(micros, timeZone).slice(0, 5);

/** `2026-08-03` */
export function formatDate(micros: number, timeZone: string): string {
  const p = partsOf(micros, timeZone);
  return `${p['year']}-${p['month']}-${p['day']}`;
}

/** `08-03 14:03:59` */
export const formatMoment = (micros: number, timeZone: string): string =>
  `${formatDate(micros, timeZone).slice(5)} ${formatClock(micros, timeZone)}`;

/** `2026-08-03 14:03:59`, for exports. */
export const formatInstant = (micros: number, timeZone: string): string =>
  `${formatDate(micros, timeZone)} ${formatClock(micros, timeZone)}`;

/** The day before or after a gas day named `YYYY-MM-DD`, by calendar. */
export function shiftDay(day: string, by: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
}

/** The gas day an instant belongs to, named by the local day it starts on. `start` is local, `HH:MM`. */
export function gasDayAt(micros: number, start: string, timeZone: string): string {
  const day = formatDate(micros, timeZone);
  return formatMinute(micros, timeZone) < start ? shiftDay(day, -1) : day;
}

/** A span in its two largest units: `4 s`, `3 min`, `2 h 05`, `3 d 04`. Units are SI signs, the same in both languages. */
export function formatSpan(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1_000_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)} d ${String(hours % 24).padStart(2, '0')}`;
}
