import { Component, computed, inject } from '@angular/core';
import { Icon, PriorityMark, State, Words, saveCsv } from '@linepack/console-ui';
import { AlarmStore } from '../alarm/alarm.store';
import { FaceplateStore } from '../alarm/faceplate.store';
import { Api } from '../core/api';
import { HistoryNotice } from './history-notice';
import { LossCellView } from './loss-cell';
import { LossChart } from './loss-chart';
import { LossStore } from './loss.store';

/** Areas × days: the running day and 45 before it, and the same against ±1 %. */
@Component({
  selector: 'lp-loss-page',
  imports: [HistoryNotice, Icon, LossCellView, LossChart, PriorityMark, State],
  templateUrl: './loss.page.html',
  styleUrl: './loss.page.css',
})
export class LossPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly api = inject(Api);
  protected readonly store = inject(LossStore);
  protected readonly faceplate = inject(FaceplateStore);
  private readonly alarms = inject(AlarmStore);
  protected readonly columns = computed(() =>
    this.store.areas().map((area) => ({
      area,
      alarm: this.alarms.all().find((a) => a.areaId === area.areaId) ?? null,
    })),
  );

  constructor() {
    this.store.keep();
  }

  protected export(): void {
    const areas = this.store.areas();
    const header = [
      this.t('shell.day'),
      ...areas.flatMap((a) => [`${this.words.name(a.name)} %`, this.t('loss.verdict')]),
    ];
    const rows = this.store.days().map((day) => [
      day,
      ...areas.flatMap((a) => {
        const cell = this.store.cell(a.areaId, day);
        return [cell?.lossPercent, cell ? this.t(`verdict.${cell.verdict}`) : ''];
      }),
    ]);
    saveCsv('linepack-loss', [header, ...rows]);
  }
}
