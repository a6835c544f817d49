import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { Icon, PriorityMark, State, Words, formatInstant, formatMoment, saveCsv } from '@linepack/console-ui';
import { AlarmWords } from '../alarm/alarm-words';
import { AlarmStore } from '../alarm/alarm.store';
import { isOwed } from '../alarm/alarm-table';
import { FaceplateStore } from '../alarm/faceplate.store';
import { Link } from '../core/link';
import { LiveStore } from '../live/live.store';
import { PlantStore } from '../live/plant.store';
import { TrendPanel } from '../trend/trend-panel';
import { TrendStore } from '../trend/trend.store';
import { StationTroubleMark } from '../overview/station-trouble';
import { FlowDiagram } from './flow-diagram';
import { byKind } from './tag-order';
import { TagRow } from './tag-row';

/** Level 3: one station with its way of the gas, all its tags, a trend and its alarms. */
@Component({
  selector: 'lp-station-page',
  imports: [FlowDiagram, Icon, PriorityMark, State, StationTroubleMark, TagRow, TrendPanel],
  providers: [TrendStore],
  templateUrl: './station.page.html',
  styleUrl: './station.page.css',
})
export class StationPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly plant = inject(PlantStore);
  protected readonly trend = inject(TrendStore);
  protected readonly alarms = inject(AlarmStore);
  protected readonly faceplate = inject(FaceplateStore);
  protected readonly say = inject(AlarmWords);
  private readonly live = inject(LiveStore);
  private readonly router = inject(Router);
  private readonly link = inject(Link);
  readonly stationId = input.required<string>();
  /** Tag to begin the trend with (query parameter). */
  readonly tag = input<string>();

  protected readonly station = computed(() => this.plant.station(this.stationId()));
  protected readonly tags = computed(() => [...this.plant.tagsOf(this.stationId())].sort(byKind));
  protected readonly zone = computed(() => this.plant.zoneOf(this.stationId()));
  protected readonly standing = computed(() =>
    this.alarms.ofStation(this.stationId()).map((alarm) => ({
      alarm,
      owed: isOwed(alarm, this.alarms.position()),
      began: alarm.activeSince === null ? '' : formatMoment(alarm.activeSince, this.zone()),
    })),
  );

  constructor() {
    effect((onCleanup) => {
      const id = this.stationId();
      onCleanup(this.link.watch(`station:${id}`));
      untracked(() => this.plant.lastStation.set(id));
    });
    effect(() => {
      const tags = this.tags();
      const asked = Number(this.tag());
      untracked(() => this.begin(tags, asked));
    });
  }

  /** The trend begins with the tag asked for, else with the station's overview tags, else with its first pressure. */
  private begin(tags: readonly { tagId: number; overview: boolean }[], asked: number): void {
    if (tags.length === 0) return;
    void this.live.needTraces(tags.map((t) => t.tagId));
    const chosen = tags.some((t) => t.tagId === asked)
      ? [asked]
      : tags
          .filter((t) => t.overview)
          .slice(0, 2)
          .map((t) => t.tagId);
    this.trend.tagIds.set(chosen.length > 0 ? chosen : tags.slice(0, 1).map((t) => t.tagId));
  }

  protected go(event: Event): void {
    if (event.target instanceof HTMLSelectElement)
      void this.router.navigate(['/stations', event.target.value]);
  }

  protected export(): void {
    const header = ['tag', 'key', 'value', 'unit', 'quality', 'time', 'lastGood', 'lastGoodTime'] as const;
    const rows = this.tags().map((tag) => {
      const latest = this.live.value(tag.tagId)();
      return [
        this.words.name(tag.name),
        tag.key,
        latest?.value,
        tag.unit,
        latest ? `0x${(latest.quality >>> 0).toString(16).padStart(8, '0')}` : '',
        latest ? formatInstant(latest.ts, this.zone()) : '',
        latest?.lastGood?.value,
        latest?.lastGood ? formatInstant(latest.lastGood.ts, this.zone()) : '',
      ];
    });
    saveCsv(`linepack-${this.stationId()}`, [header.map((h) => this.t(`csv.${h}`)), ...rows]);
  }
}
