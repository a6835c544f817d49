import { Component, computed, inject } from '@angular/core';
import type { PartState } from '@linepack/contracts';
import {
  Icon,
  State,
  Words,
  formatBytes,
  formatClock,
  formatInstant,
  formatNumber,
  formatSpan,
  saveCsv,
} from '@linepack/console-ui';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { PlantStore } from '../live/plant.store';
import { DiagnosticsStore } from './diagnostics.store';
import { LedgerTable } from './ledger-table';
import { LedgerOfTags } from './tag-ledgers';

/** Three of the store's intervals, microseconds. */
const OLD_AFTER = 15_000_000;

const SIGNS: Record<PartState, string> = { up: '●', starting: '◌', degraded: '◐', down: '✕', absent: '–' };

/** Level 4: parts of the product, connections to the plant, what waits, how far behind the data is. */
@Component({
  selector: 'lp-diagnostics-page',
  imports: [Icon, LedgerOfTags, LedgerTable, State],
  providers: [DiagnosticsStore],
  templateUrl: './diagnostics.page.html',
  styleUrl: './diagnostics.page.css',
})
export class DiagnosticsPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly api = inject(Api);
  protected readonly store = inject(DiagnosticsStore);
  private readonly plant = inject(PlantStore);
  private readonly clock = inject(Clock);
  protected readonly signs = SIGNS;
  protected readonly bytes = formatBytes;
  protected readonly number = formatNumber;
  protected readonly rejected = computed(
    () => this.store.value()?.sources.reduce((sum, s) => sum + s.rejected, 0) ?? 0,
  );

  /** Null where no collector counts them. */
  protected readonly inconsistencies = computed(() => {
    const counts = this.store.value()?.parts.flatMap((p) => p.alarmInconsistencies ?? []) ?? [];
    return counts.length === 0 ? null : counts.reduce((sum, n) => sum + n, 0);
  });
  protected readonly unowned = computed(() =>
    this.partitions(this.store.value()?.parts.flatMap((p) => p.unowned ?? [])),
  );
  /** The last reading failed, or nothing came for three of its intervals: what stands here is no longer so. */
  protected readonly old = computed(() => {
    const at = this.store.value()?.at;
    return this.store.error() !== undefined || (at !== undefined && this.clock.now() - at > OLD_AFTER);
  });

  protected clockAt(at: number): string {
    return formatClock(at, this.plant.zone());
  }

  protected skew(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return '–';
    const n = formatNumber(Math.abs(seconds), 1);
    return this.t(seconds < 0 ? 'diagnostics.ahead' : 'diagnostics.behind', { n });
  }

  protected partitions(ids: readonly string[] | undefined): string {
    return (ids ?? [])
      .map((id) => (id === 'network' ? this.t('alarm.network') : this.station(id)))
      .join(' · ');
  }

  protected since(at: number | null): string {
    return at === null ? '–' : formatSpan(this.clock.now() - at);
  }

  protected station(id: string): string {
    const station = this.plant.station(id);
    return station ? this.words.name(station.name) : id;
  }

  protected export(): void {
    const value = this.store.value();
    if (!value) return;
    const zone = this.plant.zone();
    const header = [
      'source',
      'state',
      'since',
      'lastNotification',
      'monitored',
      'rejected',
      'error',
    ] as const;
    const rows = value.sources.map((s) => [
      s.sourceId,
      this.t(`source.${s.state}`),
      formatInstant(s.since, zone),
      s.lastNotificationAt === null ? '' : formatInstant(s.lastNotificationAt, zone),
      s.monitored,
      s.rejected,
      s.error,
    ]);
    const lag = value.lag.map((l) => [
      this.station(l.stationId),
      '',
      '',
      l.newestAt === null ? '' : formatInstant(l.newestAt, zone),
      '',
      '',
      l.lagSeconds,
    ]);
    saveCsv('linepack-diagnostics', [header.map((h) => this.t(`diagnostics.${h}`)), ...rows, ...lag]);
  }
}
