import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Station, Tag } from '@linepack/contracts';
import { PriorityMark, Words } from '@linepack/console-ui';
import { AlarmWords } from '../alarm/alarm-words';
import { AlarmStore } from '../alarm/alarm.store';
import { isOwed, isSetAside } from '../alarm/alarm-table';
import { FaceplateStore } from '../alarm/faceplate.store';
import { OverviewValue } from './overview-value';
import { StationTroubleMark } from './station-trouble';

/** One station of the overview: its name, its worst alarm, its values. */
@Component({
  selector: 'lp-station-card',
  imports: [RouterLink, PriorityMark, OverviewValue, StationTroubleMark],
  templateUrl: './station-card.html',
  styleUrl: './station-card.css',
  host: { '[attr.data-priority]': 'worst()?.priority', '[attr.data-testid]': "'station-' + station().id" },
})
export class StationCard {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly alarms = inject(AlarmStore);
  protected readonly faceplate = inject(FaceplateStore);
  protected readonly say = inject(AlarmWords);
  readonly station = input.required<Station>();
  readonly tags = input.required<readonly Tag[]>();

  private readonly own = computed(() =>
    this.alarms.ofStation(this.station().id).filter((a) => !isSetAside(a)),
  );
  protected readonly worst = computed(() => this.own()[0] ?? null);
  /** The card names the station already: its own alarm is told by its condition. */
  protected readonly title = computed(() => {
    const alarm = this.worst();
    if (!alarm) return '';
    const isItsOwn = alarm.alarmId.startsWith(`station:${this.station().id}:`);
    return isItsOwn ? this.say.condition(alarm) : this.say.title(alarm);
  });
  protected readonly more = computed(() => Math.max(0, this.own().length - 1));
  protected readonly owed = computed(() => this.own().some((a) => isOwed(a, this.alarms.position())));
}
