import { Injectable, inject } from '@angular/core';
import type { ListedAlarm } from '@linepack/contracts';
import { Words, formatNumber } from '@linepack/console-ui';
import { PlantStore } from '../live/plant.store';

/** How an alarm is put into words, the same on every page. */
@Injectable({ providedIn: 'root' })
export class AlarmWords {
  private readonly words = inject(Words);
  private readonly plant = inject(PlantStore);

  readonly station = (alarm: ListedAlarm): string => {
    const station = this.plant.station(alarm.stationId);
    if (station) return this.words.name(station.name);
    return alarm.stationId ?? this.words.t('alarm.network');
  };

  readonly condition = (alarm: ListedAlarm): string => this.words.t(`condition.${alarm.condition}`);

  readonly title = (alarm: ListedAlarm): string => `${this.words.name(alarm.name)} ${this.condition(alarm)}`;

  readonly decimals = (alarm: ListedAlarm): number => this.plant.tag(alarm.tagId)?.decimals ?? 2;

  readonly value = (alarm: ListedAlarm): string =>
    alarm.value === null ? '' : `${formatNumber(alarm.value, this.decimals(alarm))} ${alarm.unit}`;

  readonly limit = (alarm: ListedAlarm): string =>
    alarm.limit === null ? '' : `${formatNumber(alarm.limit, this.decimals(alarm))} ${alarm.unit}`;

  readonly zone = (alarm: ListedAlarm): string => this.plant.zoneOf(alarm.stationId);
}
