import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { LossArea } from '@linepack/contracts';
import { Words, formatSigned } from '@linepack/console-ui';
import { LossStore } from './loss.store';
import { VERDICT_SIGN, chartHalfRange, lossBar } from './loss-words';

/** 45 days of one area against ± its limit: a bar a day, losses up, gains down. */
@Component({
  selector: 'lp-loss-chart',
  imports: [RouterLink],
  templateUrl: './loss-chart.html',
  styleUrl: './loss-chart.css',
})
export class LossChart {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  private readonly store = inject(LossStore);
  readonly area = input.required<LossArea>();

  private readonly cells = computed(() =>
    [...this.store.days()].reverse().map((day) => ({ day, cell: this.store.cell(this.area().areaId, day) })),
  );
  protected readonly half = computed(() =>
    chartHalfRange(
      this.cells().map((c) => c.cell?.lossPercent ?? null),
      this.area().limitPercent,
    ),
  );
  protected readonly limitAt = computed(() => (this.area().limitPercent / this.half()) * 50);
  protected readonly bars = computed(() =>
    this.cells().map(({ day, cell }) => {
      const loss = cell?.lossPercent ?? null;
      const verdict = cell?.verdict ?? 'notAssessable';
      const figure = loss === null ? this.t('verdict.notAssessable') : `${formatSigned(loss, 2)} %`;
      return {
        day,
        there: cell !== null,
        provisional: cell?.provisional === true,
        verdict,
        sign: VERDICT_SIGN[verdict],
        bar: loss === null ? null : lossBar(loss, this.half()),
        title: `${day} ${figure} ${cell?.provisional ? this.t('loss.provisional') : ''}`,
      };
    }),
  );
  protected readonly breaches = computed(
    () => this.cells().filter((c) => c.cell?.verdict === 'breach' && !c.cell.provisional).length,
  );
  protected readonly marks = computed(() => this.cells().filter((_, i) => i % 9 === 0));
}
