import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { Component, computed, effect, inject, untracked } from '@angular/core';
import { type AlarmEvent, AlarmEvents } from '@linepack/contracts';
import { Icon, PriorityMark, State, Words, formatInstant, formatMoment, saveCsv } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Loading } from '../core/loading';
import { AlarmWords } from './alarm-words';
import { AlarmStore } from './alarm.store';
import { FaceplateStore } from './faceplate.store';

const LINES = 1_000;

/** The newest lines of the journal: what happened, when, who did it. */
@Component({
  selector: 'lp-alarm-journal',
  imports: [CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport, Icon, PriorityMark, State],
  templateUrl: './alarm-journal.html',
  styleUrl: './alarm-journal.css',
})
export class AlarmJournal {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly api = inject(Api);
  protected readonly say = inject(AlarmWords);
  protected readonly faceplate = inject(FaceplateStore);
  private readonly alarms = inject(AlarmStore);
  protected readonly reading = new Loading<AlarmEvents>();
  protected readonly events = computed(() =>
    [...(this.reading.value()?.events ?? [])].sort(
      (a, b) => (b.seq ?? Infinity) - (a.seq ?? Infinity) || b.at - a.at,
    ),
  );
  protected readonly byId = (_index: number, event: AlarmEvent) => event.eventId;

  constructor() {
    effect(() => {
      this.alarms.journalled();
      untracked(() => this.read());
    });
  }

  protected read(): void {
    void this.reading.read(() => this.api.get('/api/alarms/events', AlarmEvents, { limit: LINES }));
  }

  protected listed(event: AlarmEvent) {
    return { ...event.state, journalled: event.seq !== null };
  }

  protected at(event: AlarmEvent): string {
    return formatMoment(event.at, this.say.zone(this.listed(event)));
  }

  protected export(): void {
    const header = [
      this.t('alarm.seq'),
      this.t('csv.time'),
      this.t('csv.station'),
      this.t('alarm.alarm'),
      this.t('alarm.priority'),
      this.t('alarm.event'),
      this.t('alarm.position'),
      this.t('alarm.actor'),
      this.t('csv.value'),
      this.t('alarm.limit'),
      this.t('csv.unit'),
      this.t('alarm.occurrence'),
      this.t('alarm.comment'),
    ];
    const rows = this.events().map((e) => {
      const alarm = this.listed(e);
      return [
        e.seq,
        formatInstant(e.at, this.say.zone(alarm)),
        this.say.station(alarm),
        this.say.title(alarm),
        alarm.priority,
        this.t(`event.${e.kind}`),
        e.position === null ? '' : this.t(`position.${e.position}`),
        e.actor,
        e.value,
        e.limit,
        alarm.unit,
        e.occurrence,
        e.comment,
      ];
    });
    saveCsv('linepack-journal', [header, ...rows]);
  }
}
