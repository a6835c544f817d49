import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { ListedAlarm } from '@linepack/contracts';
import { Icon, PriorityMark, Words, formatMoment } from '@linepack/console-ui';
import { isOwed } from './alarm-table';
import { AlarmWords } from './alarm-words';
import { AlarmStore } from './alarm.store';
import { FaceplateStore } from './faceplate.store';

/** One alarm of the list. A click opens its faceplate. */
@Component({
  selector: 'lp-alarm-row',
  imports: [Icon, PriorityMark, RouterLink],
  templateUrl: './alarm-row.html',
  styleUrl: './alarm-row.css',
  host: {
    role: 'row',
    tabindex: '0',
    '[attr.data-testid]': "'alarm-' + alarm().alarmId",
    '[attr.data-letter]': 'alarm().letter',
    '[attr.data-occurrence]': 'alarm().occurrence',
    '[attr.data-noted-station]': "alarm().noted.station?.by ?? ''",
    '[attr.data-noted-dispatch]': "alarm().noted.dispatch?.by ?? ''",
    '[attr.data-journalled]': 'alarm().journalled',
    '[attr.data-owed]': 'owed()',
    '[attr.data-priority]': 'alarm().priority',
    '[class.selected]': 'alarms.selected() === alarm().alarmId',
    '(click)': 'open()',
    '(keydown.enter)': 'open()',
    '(focus)': 'alarms.selected.set(alarm().alarmId)',
  },
})
export class AlarmRow {
  protected readonly t = inject(Words).t;
  protected readonly say = inject(AlarmWords);
  protected readonly alarms = inject(AlarmStore);
  private readonly faceplate = inject(FaceplateStore);
  readonly alarm = input.required<ListedAlarm>();

  protected readonly owed = computed(() => isOwed(this.alarm(), this.alarms.position()));
  protected readonly lossDay = computed(() => this.say.lossDay(this.alarm()));
  protected readonly began = computed(() => this.at(this.alarm().activeSince));
  protected readonly notes = computed(() =>
    (['station', 'dispatch'] as const).map((position) => {
      const note = this.alarm().noted[position];
      return {
        position,
        note,
        at: note ? this.at(note.at) : '',
        mine: note === null && this.owed() && this.alarms.position() === position,
      };
    }),
  );

  protected open(): void {
    this.alarms.selected.set(this.alarm().alarmId);
    this.faceplate.openAlarm(this.alarm().alarmId);
  }

  protected acknowledge(event: Event): void {
    event.stopPropagation();
    void this.alarms.acknowledge(this.alarm(), '');
  }

  private at(micros: number | null): string {
    return micros === null ? '' : formatMoment(micros, this.say.zone(this.alarm()));
  }
}
