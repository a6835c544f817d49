import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { Component, inject, input } from '@angular/core';
import type { ListedAlarm } from '@linepack/contracts';
import { Words } from '@linepack/console-ui';
import { Viewport } from '../core/viewport';
import { AlarmRow } from './alarm-row';

/** The alarm table: thousands of rows scroll as smoothly as ten. */
@Component({
  selector: 'lp-alarm-list',
  imports: [AlarmRow, CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport],
  template: `<div class="panel" role="table" [attr.aria-rowcount]="alarms().length">
    <div class="head" role="row">
      <span role="columnheader">{{ t('alarm.priorityShort') }}</span>
      <span role="columnheader">{{ t('alarm.state') }}</span>
      <span role="columnheader">{{ t('alarm.began') }}</span>
      <span role="columnheader">{{ t('csv.station') }}</span>
      <span role="columnheader">{{ t('alarm.alarm') }}</span>
      <span role="columnheader" class="number">{{ t('alarm.valueLimit') }}</span>
      <span role="columnheader">{{ t('alarm.occurrenceShort') }}</span>
      <span role="columnheader">{{ t('position.station') }}</span>
      <span role="columnheader">{{ t('position.dispatch') }}</span>
      <span role="columnheader"></span>
    </div>
    <cdk-virtual-scroll-viewport [itemSize]="viewport.narrow() ? 122 : 44" role="rowgroup">
      <lp-alarm-row *cdkVirtualFor="let alarm of alarms(); trackBy: byId" [alarm]="alarm" />
    </cdk-virtual-scroll-viewport>
  </div>`,
  styleUrl: './alarm-list.css',
})
export class AlarmList {
  protected readonly t = inject(Words).t;
  protected readonly viewport = inject(Viewport);
  readonly alarms = input.required<readonly ListedAlarm[]>();
  protected readonly byId = (_index: number, alarm: ListedAlarm) => alarm.alarmId;
}
