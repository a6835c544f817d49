import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { State, TrendChart, Words, formatInstant, saveCsv } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Preferences } from '../core/preferences';
import { PlantStore } from '../live/plant.store';
import { SPANS } from './trend-range';
import { TrendStore } from './trend.store';

/** A trend with its range buttons and export. */
@Component({
  selector: 'lp-trend-panel',
  imports: [TrendChart, State],
  templateUrl: './trend-panel.html',
  styleUrl: './trend-panel.css',
})
export class TrendPanel {
  protected readonly t = inject(Words).t;
  protected readonly api = inject(Api);
  protected readonly trend = inject(TrendStore);
  protected readonly preferences = inject(Preferences);
  private readonly plant = inject(PlantStore);
  readonly timeZone = input.required<string>();
  readonly legend = input<'table' | 'none'>('table');
  /** Span shown first, microseconds. */
  readonly span = input(3_600_000_000);
  protected readonly spans = SPANS;

  protected readonly following = computed(() => {
    const window = this.trend.window();
    return window.kind === 'following' ? window.span : null;
  });
  /** Limits are drawn while one pen is there: with more, nobody could say whose they are. */
  protected readonly limits = computed(() => {
    const [id, ...others] = this.trend.tagIds();
    if (id === undefined || others.length > 0) return [];
    const tag = this.plant.tag(id);
    const named: [string, number | null | undefined][] = [
      ['LL', tag?.limits?.LL],
      ['L', tag?.limits?.L],
      ['H', tag?.limits?.H],
      ['HH', tag?.limits?.HH],
    ];
    return named.flatMap(([name, value]) => (value === null || value === undefined ? [] : [{ name, value }]));
  });

  constructor() {
    effect(() => {
      const span = this.span();
      untracked(() => this.trend.follow(span));
    });
  }

  protected export(): void {
    const zone = this.timeZone();
    const header = [
      this.t('csv.time'),
      this.t('csv.tag'),
      this.t('csv.unit'),
      this.t('csv.value'),
      this.t('csv.min'),
      this.t('csv.max'),
      this.t('csv.quality'),
      this.t('csv.usable'),
    ];
    const { from, to } = this.trend.range();
    const rows = this.trend
      .pens()
      .flatMap((pen) =>
        pen.ts.flatMap((ts, i) =>
          ts < from || ts > to
            ? []
            : [
                [
                  formatInstant(ts, zone),
                  pen.label,
                  pen.unit,
                  pen.value[i],
                  pen.min[i],
                  pen.max[i],
                  `0x${((pen.quality[i] ?? 0) >>> 0).toString(16).padStart(8, '0')}`,
                  pen.usable[i],
                ],
              ],
        ),
      );
    saveCsv('linepack-trend', [header, ...rows]);
  }

  protected remove(id: string): void {
    this.trend.toggle(Number(id));
  }
}
