import { Component, computed, inject, input } from '@angular/core';
import { Words } from '../words/words';
import type { QualityState } from './quality-state';

const SIGNS: Record<QualityState, string> = {
  good: '',
  uncertain: '?',
  bad: '×',
  stale: '◔',
  manual: 'M',
  offScan: '⊘',
  none: '○',
  notCurrent: '‖',
};

/** Quality as a sign and, where there is room, a word. A good value needs no sign. */
@Component({
  selector: 'lp-quality',
  template: `@if (state() !== 'good') {
      <span class="sign" aria-hidden="true">{{ sign() }}</span>
    }
    @if (show() === 'word') {
      <span class="word">{{ word() }}</span>
    } @else {
      <span class="visually-hidden">{{ word() }}</span>
    }`,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      color: var(--ink-2);
      white-space: nowrap;
    }
    .sign {
      display: inline-grid;
      place-items: center;
      width: 15px;
      height: 15px;
      border: 1px solid var(--ink-2);
      border-radius: 2px;
      color: var(--ink);
      font-size: 11px;
      font-weight: 700;
      line-height: 1;
    }
    .word {
      font-size: var(--text-s);
    }
  `,
  host: { '[attr.title]': 'word()', '[attr.data-quality]': 'state()' },
})
export class QualityMark {
  private readonly words = inject(Words);
  readonly state = input.required<QualityState>();
  readonly show = input<'sign' | 'word'>('sign');
  protected readonly sign = computed(() => SIGNS[this.state()]);
  protected readonly word = computed(() => this.words.t(`quality.${this.state()}`));
}
