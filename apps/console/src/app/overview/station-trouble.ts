import { Component, type Signal, computed, inject, input } from '@angular/core';
import { type WordKey, Words, qualityState } from '@linepack/console-ui';
import { AlarmStore } from '../alarm/alarm.store';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { LiveStore } from '../live/live.store';
import { PlantStore } from '../live/plant.store';
import { type StationTrouble, troubleOf } from './station-state';

const WORDS: Record<StationTrouble, WordKey> = {
  unwatched: 'stationState.unwatched',
  away: 'stationState.away',
  partlyAway: 'stationState.partlyAway',
  allBad: 'stationState.allBad',
  silent: 'stationState.silent',
};
const SIGNS: Record<StationTrouble, string> = {
  unwatched: '✕',
  away: '✕',
  partlyAway: '✕',
  allBad: '×',
  silent: '◔',
};

/** What is wrong with the watching of a station. Call it where injection is possible. */
export function stationTrouble(stationId: Signal<string>): Signal<StationTrouble | null> {
  const plant = inject(PlantStore);
  const live = inject(LiveStore);
  const alarms = inject(AlarmStore);
  const clock = inject(Clock);
  const link = inject(Link);
  // The overview hears of its own tags only; of others the newest value may be old without meaning anything.
  const watched = computed(() => plant.tagsOf(stationId()).filter((t) => t.overview));
  const sourceIds = computed(() => new Set(plant.tagsOf(stationId()).map((t) => t.sourceId)));
  return computed(() =>
    troubleOf({
      stationId: stationId(),
      sourceIds: sourceIds(),
      alarms: alarms.all(),
      unowned: alarms.unowned(),
      qualities: live.loaded()
        ? watched().map((t) => qualityState(live.value(t.tagId)(), clock.now(), t.maxReportS, link.state()))
        : [],
    }),
  );
}

/** The sign and word of it, beside the station's name. */
@Component({
  selector: 'lp-station-trouble',
  template: `@if (trouble(); as what) {
    <span
      class="chip strong"
      data-testid="station-trouble"
      [attr.data-trouble]="what"
      [attr.title]="t('stationState.hint')"
    >
      <span aria-hidden="true">{{ signs[what] }}</span> {{ t(words[what]) }}
    </span>
  }`,
})
export class StationTroubleMark {
  protected readonly t = inject(Words).t;
  protected readonly signs = SIGNS;
  protected readonly words = WORDS;
  readonly stationId = input.required<string>();
  protected readonly trouble = stationTrouble(this.stationId);
}
