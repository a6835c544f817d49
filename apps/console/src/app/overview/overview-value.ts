import { Component, computed, inject, input } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import { Bar, QualityMark, Sparkline, Words, formatInstant } from '@linepack/console-ui';
import { FaceplateStore } from '../alarm/faceplate.store';
import { LiveStore } from '../live/live.store';
import { tagView } from '../live/tag-view';

/** One value of the overview: bar against its limits, number, last hour, rate, quality and age. */
@Component({
  selector: 'lp-overview-value',
  imports: [Bar, QualityMark, Sparkline],
  templateUrl: './overview-value.html',
  styleUrl: './overview-value.css',
})
export class OverviewValue {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly live = inject(LiveStore);
  protected readonly faceplate = inject(FaceplateStore);
  readonly tag = input.required<Tag>();
  readonly timeZone = input.required<string>();
  protected readonly view = tagView(this.tag);

  protected readonly label = computed(() => {
    const { position, kind } = this.tag();
    if (kind === 'flow') return this.t('overview.flow');
    if (kind !== 'pressure') return this.words.name(this.tag().name);
    return position === 'inlet' || position === 'outlet'
      ? this.t(`overview.${position}`)
      : this.t('overview.pressure');
  });
  protected readonly hint = computed(() => {
    const latest = this.view.latest();
    const at = latest ? formatInstant(latest.ts, this.timeZone()) : '';
    return `${this.words.name(this.tag().name)} ${this.tag().key} ${at}`;
  });
}
