import { Component, computed, inject, input, output } from '@angular/core';
import { Words } from '../words/words';

export type StateKind = 'loading' | 'empty' | 'error' | 'forbidden';

const DRAWINGS: Record<StateKind, string> = {
  loading: 'M4 24h40M10 18h8M22 18h8M34 18h4',
  empty: 'M4 32h40M4 32V14M44 32V14M16 32v-6M28 32v-6',
  error: 'M4 30h14l4-14 5 22 4-14h13',
  forbidden: 'M12 22h24v16H12zM16 22v-6a8 8 0 0 1 16 0v6',
};

/** What stands where there is nothing to show, and why. */
@Component({
  selector: 'lp-state',
  template: `<svg viewBox="0 0 48 48" aria-hidden="true" [class.moving]="kind() === 'loading'">
      <path [attr.d]="drawing()" />
    </svg>
    <p class="title">{{ title() || fallback() }}</p>
    @if (detail()) {
      <p class="detail">{{ detail() }}</p>
    }
    @if (kind() === 'error') {
      <button type="button" class="button" (click)="retry.emit()">{{ words.t('state.retry') }}</button>
    }`,
  styles: `
    :host {
      display: grid;
      place-items: center;
      align-content: center;
      gap: 8px;
      min-height: 140px;
      padding: 24px;
      color: var(--ink-2);
      text-align: center;
    }
    svg {
      width: 48px;
      height: 48px;
    }
    path {
      fill: none;
      stroke: var(--line-strong);
      stroke-width: 2;
    }
    .moving path {
      stroke-dasharray: 6 4;
      animation: flow 1.2s linear infinite;
    }
    .title {
      font-size: var(--text-l);
      font-weight: 500;
    }
    .detail {
      max-width: 60ch;
      color: var(--ink-3);
    }
    @keyframes flow {
      to {
        stroke-dashoffset: -20;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .moving path {
        animation: none;
      }
    }
  `,
  host: {
    '[attr.role]': "kind() === 'error' ? 'alert' : 'status'",
    '[attr.data-state]': 'kind()',
  },
})
export class State {
  protected readonly words = inject(Words);
  readonly kind = input.required<StateKind>();
  readonly title = input('');
  readonly detail = input('');
  readonly retry = output<void>();
  protected readonly drawing = computed(() => DRAWINGS[this.kind()]);
  protected readonly fallback = computed(() => this.words.t(`state.${this.kind()}`));
}
