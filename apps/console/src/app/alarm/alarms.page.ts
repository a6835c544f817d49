import { Component, computed, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router } from '@angular/router';
import { AlarmClass, type ListedAlarm } from '@linepack/contracts';
import { Icon, State, Words, formatInstant, saveCsv } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { PlantStore } from '../live/plant.store';
import { AlarmJournal } from './alarm-journal';
import { AlarmList } from './alarm-list';
import { isOwed } from './alarm-table';
import { AlarmWords } from './alarm-words';
import { AlarmStore } from './alarm.store';

type Show = 'all' | 'owed';

/** What stands now, and the journal of what was. */
@Component({
  selector: 'lp-alarms-page',
  imports: [AlarmJournal, AlarmList, FormsModule, Icon, State],
  templateUrl: './alarms.page.html',
  styleUrl: './alarms.page.css',
})
export class AlarmsPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly api = inject(Api);
  protected readonly alarms = inject(AlarmStore);
  protected readonly plant = inject(PlantStore);
  protected readonly link = inject(Link);
  private readonly say = inject(AlarmWords);
  private readonly router = inject(Router);
  /** Query parameters: a link from the banner may choose them. */
  readonly priority = input<string>();
  readonly tab = input<string>();

  protected readonly show = signal<Show>('all');
  protected readonly station = signal('');
  protected readonly class = signal<AlarmClass | ''>('');
  protected readonly classes = AlarmClass.options;
  protected readonly priorities = [1, 2, 3];
  /** 0: all. What is no priority chooses none: an address mistyped must not show an empty list. */
  protected readonly chosenPriority = computed(
    () => this.priorities.find((p) => String(p) === this.priority()) ?? 0,
  );

  protected readonly listed = computed(() => this.alarms.all().filter((a) => this.passes(a)));
  protected readonly filtered = computed(
    () => this.chosenPriority() > 0 || this.station() !== '' || this.class() !== '' || this.show() === 'owed',
  );

  protected open(query: { priority?: number | null; tab?: string | null }): void {
    void this.router.navigate([], { queryParams: query, queryParamsHandling: 'merge' });
  }

  protected clear(): void {
    this.show.set('all');
    this.station.set('');
    this.class.set('');
    this.open({ priority: null });
  }

  protected export(): void {
    const header = [
      this.t('alarm.priority'),
      this.t('alarm.state'),
      this.t('alarm.began'),
      this.t('csv.station'),
      this.t('alarm.alarm'),
      this.t('csv.value'),
      this.t('alarm.limit'),
      this.t('csv.unit'),
      this.t('alarm.occurrence'),
      `${this.t('position.station')} ${this.t('alarm.notedBy')}`,
      `${this.t('position.station')} ${this.t('csv.time')}`,
      `${this.t('position.dispatch')} ${this.t('alarm.notedBy')}`,
      `${this.t('position.dispatch')} ${this.t('csv.time')}`,
      this.t('alarm.journalled'),
    ];
    const rows = this.listed().map((a) => {
      const at = (micros: number | null | undefined) =>
        micros === null || micros === undefined ? '' : formatInstant(micros, this.say.zone(a));
      return [
        a.priority,
        a.letter,
        at(a.activeSince),
        this.say.station(a),
        this.say.title(a),
        a.value,
        a.limit,
        a.unit,
        a.occurrence,
        a.noted.station?.by,
        at(a.noted.station?.at),
        a.noted.dispatch?.by,
        at(a.noted.dispatch?.at),
        this.t(a.journalled ? 'alarm.isJournalled' : 'alarm.notJournalled'),
      ];
    });
    saveCsv('linepack-alarms', [header, ...rows]);
  }

  private passes(alarm: ListedAlarm): boolean {
    return (
      (this.chosenPriority() === 0 || alarm.priority === this.chosenPriority()) &&
      (this.station() === '' || alarm.stationId === this.station()) &&
      (this.class() === '' || alarm.class === this.class()) &&
      (this.show() === 'all' || isOwed(alarm, this.alarms.position()))
    );
  }
}
