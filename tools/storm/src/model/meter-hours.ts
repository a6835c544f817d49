import type { MeterId, Micros } from '@linepack/network';
import type { MeterHourRecord, StoredMeterHour } from '@linepack/store';

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Objects are equal whatever the order of their fields, as jsonb is. */
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, v]) => [key, sorted(v)]),
      )
    : value;
const said = ({ computedAt: _, ...record }: MeterHourRecord): string => JSON.stringify(sorted(record));

/** Table `meter_hour`: a record that equals the newest revision of its hour is not kept again. */
export class MeterHourTable {
  private readonly hours = new Map<string, { text: string; record: StoredMeterHour }>();
  /** How many revisions were ever kept. */
  kept = 0;

  save(records: readonly MeterHourRecord[]): void {
    for (const given of records) {
      const record = clone(given);
      const key = `${record.meterId} ${record.from}`;
      const text = said(record);
      const newest = this.hours.get(key);
      if (newest?.text === text) continue;
      this.kept += 1;
      this.hours.set(key, { text, record: { ...record, revision: (newest?.record.revision ?? 0) + 1 } });
    }
  }

  newest(meterIds: readonly MeterId[], from: Micros, to: Micros): StoredMeterHour[] {
    return [...this.hours.values()]
      .map(({ record }) => record)
      .filter((r) => meterIds.includes(r.meterId) && r.from >= from && r.from < to)
      .sort((a, b) => (a.meterId === b.meterId ? a.from - b.from : a.meterId < b.meterId ? -1 : 1))
      .map(clone);
  }
}
