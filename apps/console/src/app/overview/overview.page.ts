import { Component, DestroyRef, computed, effect, inject } from '@angular/core';
import { Icon, State, Words, formatInstant, saveCsv } from '@linepack/console-ui';
import { Link } from '../core/link';
import { LiveStore } from '../live/live.store';
import { PlantStore } from '../live/plant.store';
import { LossStore } from '../loss/loss.store';
import { SessionStore } from '../session/session.store';
import { BalanceStrip } from './balance-strip';
import { StationCard } from './station-card';

/** Level 1: the whole network on one screen; every station always in the same place. */
@Component({
  selector: 'lp-overview-page',
  imports: [BalanceStrip, StationCard, Icon, State],
  templateUrl: './overview.page.html',
  styleUrl: './overview.page.css',
})
export class OverviewPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly session = inject(SessionStore);
  private readonly plant = inject(PlantStore);
  private readonly live = inject(LiveStore);
  protected readonly cards = computed(() =>
    this.plant.stations().map((station) => {
      const tags = this.plant.tagsOf(station.id);
      return { station, tags: tags.filter((t) => t.overview) };
    }),
  );

  constructor() {
    const leave = inject(Link).watch('overview');
    inject(DestroyRef).onDestroy(leave);
    if (this.session.may('loss.read')) inject(LossStore).keep();
    effect(() => {
      const ids = this.cards().flatMap((c) => c.tags.map((t) => t.tagId));
      if (ids.length > 0) void this.live.needTraces(ids);
    });
  }

  protected export(): void {
    const header = ['station', 'tag', 'key', 'value', 'unit', 'quality', 'time'] as const;
    const rows = this.cards().flatMap(({ station, tags }) =>
      tags.map((tag) => {
        const latest = this.live.value(tag.tagId)();
        return [
          this.words.name(station.name),
          this.words.name(tag.name),
          tag.key,
          latest?.value,
          tag.unit,
          latest ? `0x${(latest.quality >>> 0).toString(16).padStart(8, '0')}` : '',
          latest ? formatInstant(latest.ts, station.timeZone) : '',
        ];
      }),
    );
    saveCsv('linepack-overview', [header.map((h) => this.t(`csv.${h}`)), ...rows]);
  }
}
