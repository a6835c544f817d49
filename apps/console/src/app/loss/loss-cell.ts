import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { LossCell } from '@linepack/contracts';
import { Words, formatNumber, formatSigned, formatVolume } from '@linepack/console-ui';
import { VERDICT_SIGN } from './loss-words';

/** One area's day in the matrix: the rate, its size against the limit, the verdict as a sign and a word. */
@Component({
  selector: 'lp-loss-cell',
  imports: [RouterLink],
  template: `<a
    [routerLink]="['/loss', cell().areaId, cell().gasDay]"
    [attr.data-testid]="'loss-' + cell().areaId + '-' + cell().gasDay"
    [attr.data-verdict]="cell().verdict"
    [attr.data-provisional]="cell().provisional"
    [attr.data-version]="cell().version"
    [attr.data-percent]="cell().lossPercent"
    [attr.title]="title()"
  >
    <span class="sign" aria-hidden="true">{{ sign() }}</span>
    <b>{{ figure() }}</b>
    <small>{{ word() }}</small>
  </a>`,
  styleUrl: './loss-cell.css',
})
export class LossCellView {
  private readonly t = inject(Words).t;
  readonly cell = input.required<LossCell>();

  protected readonly sign = computed(() => VERDICT_SIGN[this.cell().verdict]);
  protected readonly figure = computed(() => {
    const { lossPercent } = this.cell();
    return lossPercent === null ? '–' : `${formatSigned(lossPercent, 2)} %`;
  });
  protected readonly word = computed(() => {
    const { provisional, verdict, completenessPercent } = this.cell();
    if (provisional) return this.t('loss.provisional');
    if (verdict === 'notAssessable') return this.t('loss.notAssessable');
    if (verdict !== 'within') return this.t(`verdict.${verdict}`);
    return completenessPercent < 99.95
      ? this.t('loss.missing', { n: formatNumber(100 - completenessPercent, 1) })
      : '';
  });
  protected readonly title = computed(() => {
    const { loss, input, completenessPercent, verdict } = this.cell();
    return [
      this.t(`verdict.${verdict}`),
      `ΔV ${formatVolume(loss)} m³`,
      `Q1 ${formatVolume(input)} m³`,
      this.t('loss.complete', { n: formatNumber(completenessPercent, 1) }),
    ].join(' · ');
  });
}
