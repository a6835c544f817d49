import { Component, computed, inject, input, output } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import { Bar, PriorityMark, QualityMark, Sparkline, Words, formatInstant } from '@linepack/console-ui';
import { FaceplateStore } from '../alarm/faceplate.store';
import { LiveStore } from '../live/live.store';
import { tagView } from '../live/tag-view';

/** One tag of the station's table. */
@Component({
  selector: 'tr[lpTagRow]',
  imports: [Bar, PriorityMark, QualityMark, Sparkline],
  templateUrl: './tag-row.html',
  styleUrl: './tag-row.css',
  host: {
    '[attr.data-testid]': "'tag-' + tag().key",
    '[attr.data-quality]': 'view.quality()',
  },
})
export class TagRow {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly live = inject(LiveStore);
  protected readonly faceplate = inject(FaceplateStore);
  readonly tag = input.required<Tag>();
  readonly timeZone = input.required<string>();
  readonly drawn = input.required<boolean>();
  readonly drawToggled = output<number>();
  protected readonly view = tagView(this.tag);
  protected readonly bounded = computed(() => this.tag().limits !== null || this.tag().maop !== null);
  /** Without the station: the page says which it is. */
  protected readonly shortKey = computed(() => this.tag().key.slice(this.tag().stationId.length + 1));
  protected readonly at = computed(() => {
    const latest = this.view.latest();
    return latest ? formatInstant(latest.ts, this.timeZone()) : '';
  });
}
