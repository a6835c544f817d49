import { Component, inject, input } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import { PriorityMark, QualityMark, Words } from '@linepack/console-ui';
import { FaceplateStore } from '../alarm/faceplate.store';
import { tagView } from '../live/tag-view';

/** One control point of the flow diagram. */
@Component({
  selector: 'lp-flow-point',
  imports: [PriorityMark, QualityMark],
  template: `<button
    type="button"
    [attr.title]="words.name(tag().name) + ' ' + tag().key"
    (click)="faceplate.openTag(tag().tagId)"
  >
    @if (view.alarm(); as alarm) {
      <lp-priority [priority]="alarm.priority" />
    }
    <b class="live" [class.last]="!view.present()">{{ view.text() }}</b>
    <span>{{ view.unit() }}</span>
    <lp-quality [state]="view.quality()" />
    <small>{{ words.name(tag().name) }}</small>
  </button>`,
  styles: `
    button {
      display: flex;
      align-items: baseline;
      gap: 5px;
      max-width: 240px;
      padding: 1px 4px;
      border: 0;
      background: none;
      text-align: left;
      white-space: nowrap;
      cursor: pointer;
    }
    button:hover {
      background: var(--hover);
    }
    b {
      font-size: 1.125rem;
      font-weight: 600;
    }
    b.last {
      color: var(--ink-3);
      font-style: italic;
      font-weight: 400;
    }
    span,
    small {
      color: var(--ink-3);
      font-size: var(--text-xs);
    }
    small {
      overflow: hidden;
      text-overflow: ellipsis;
    }
    lp-priority {
      align-self: center;
    }
  `,
})
export class FlowPoint {
  protected readonly words = inject(Words);
  protected readonly faceplate = inject(FaceplateStore);
  readonly tag = input.required<Tag>();
  protected readonly view = tagView(this.tag);
}
