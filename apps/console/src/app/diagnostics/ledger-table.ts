import { Component, computed, inject, input } from '@angular/core';
import type { Diagnostics } from '@linepack/contracts';
import { Words, formatNumber } from '@linepack/console-ui';
import { LEDGER_COLUMNS, ledgerRows, reasonsText } from './ledger-rows';

/** What became of every word, by source: each in one column, and the columns add up. */
@Component({
  selector: 'lp-ledger-table',
  templateUrl: './ledger-table.html',
  styles: `
    .sum th,
    .sum td {
      border-top: 2px solid var(--line-strong);
      font-weight: 600;
    }
    .wrong {
      color: var(--ink);
      font-weight: 700;
    }
  `,
})
export class LedgerTable {
  private readonly words = inject(Words);
  protected readonly t = this.words.t;
  readonly value = input.required<Diagnostics>();
  protected readonly columns = LEDGER_COLUMNS;
  protected readonly number = formatNumber;
  protected readonly rows = computed(() => ledgerRows(this.value()));

  protected reasons(reasons: readonly (readonly [string, number])[]): string {
    return reasonsText(this.words, reasons);
  }
}
