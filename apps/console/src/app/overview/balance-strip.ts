import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Words, formatNumber, formatSigned, formatVolume } from '@linepack/console-ui';
import { LossStore } from '../loss/loss.store';
import { VERDICT_SIGN, lossBar } from '../loss/loss-words';

/** Today's provisional loss of every area against its limit, with how much of the day's data is there. */
@Component({
  selector: 'lp-balance-strip',
  imports: [RouterLink],
  templateUrl: './balance-strip.html',
  styleUrl: './balance-strip.css',
})
export class BalanceStrip {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly store = inject(LossStore);

  protected readonly tiles = computed(() => {
    const today = this.store.today();
    return this.store.areas().map((area) => {
      const cell = today === null ? null : this.store.cell(area.areaId, today);
      const loss = cell?.lossPercent ?? null;
      // The middle half of the scale is ± the limit: its ends are twice the limit.
      const bar = loss === null ? null : lossBar(loss, area.limitPercent * 2);
      return {
        area,
        day: today,
        figure: loss === null ? '–' : formatSigned(loss, 2),
        sign: VERDICT_SIGN[cell?.verdict ?? 'notAssessable'],
        verdict: cell?.verdict ?? 'notAssessable',
        input: formatVolume(cell?.input),
        complete: cell ? formatNumber(cell.completenessPercent, 0) : '–',
        left: bar && loss !== null ? (loss >= 0 ? 50 : 50 - bar.height) : 50,
        width: bar?.height ?? 0,
      };
    });
  });
}
