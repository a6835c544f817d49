import { Component, computed, input } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import { Bar, QualityMark } from '@linepack/console-ui';
import { tagView } from './tag-view';

/** The present value of one tag, large, with its bar, quality and age. */
@Component({
  selector: 'lp-tag-now',
  imports: [Bar, QualityMark],
  template: `<div class="line">
      <span class="number live" [class.last]="!view.present()">{{ view.text() }}</span>
      <span class="unit">{{ view.unit() }} {{ view.suffix() }}</span>
      @if (view.rateText()) {
        <span class="rate">{{ view.rateText() }} /h</span>
      }
      <span class="spring"></span>
      <lp-quality [state]="view.quality()" show="word" />
      <span class="age">{{ view.age() }}</span>
    </div>
    @if (bounded()) {
      <lp-bar
        scale="named"
        [value]="view.shown()"
        [range]="tag().range"
        [limits]="tag().limits"
        [maop]="tag().maop"
        [priority]="view.alarm()?.priority ?? null"
      />
    }`,
  styles: `
    .line {
      display: flex;
      align-items: baseline;
      gap: 8px;
      margin-bottom: 8px;
    }
    .number {
      font-size: 2rem;
      font-weight: 600;
      line-height: 1.1;
    }
    .number.last {
      color: var(--ink-3);
      font-style: italic;
    }
    .unit,
    .rate,
    .age {
      color: var(--ink-3);
    }
  `,
})
export class TagNow {
  readonly tag = input.required<Tag>();
  protected readonly view = tagView(this.tag);
  protected readonly bounded = computed(() => this.tag().limits !== null || this.tag().maop !== null);
}
