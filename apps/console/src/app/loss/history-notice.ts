import { Component, computed, inject } from '@angular/core';
import { Words } from '@linepack/console-ui';
import { LossStore } from './loss.store';

/** While the demo's past is being computed: how far it is. */
@Component({
  selector: 'lp-history-notice',
  template: `@if (shown(); as progress) {
    <p role="status" data-testid="history-progress">
      <span>{{
        progress.phase === 'failed' ? t('loss.historyFailed') : t('loss.historyRunning', { n: percent() })
      }}</span>
      @if (progress.phase === 'running') {
        <progress
          max="100"
          [value]="progress.percent"
          [attr.aria-label]="t('loss.historyRunning', { n: percent() })"
        ></progress>
      }
    </p>
  }`,
  styles: `
    p {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 12px;
      padding: 6px 10px;
      background: var(--panel-raised);
      border: 1px solid var(--line-strong);
      border-left-width: 4px;
    }
    progress {
      width: 220px;
      height: 8px;
      accent-color: var(--trace);
    }
  `,
})
export class HistoryNotice {
  protected readonly t = inject(Words).t;
  private readonly store = inject(LossStore);
  protected readonly shown = computed(() => {
    const progress = this.store.progress();
    return progress && (progress.phase === 'running' || progress.phase === 'failed') ? progress : null;
  });
  protected readonly percent = computed(() => Math.floor(this.shown()?.percent ?? 0));
}
