import { Injectable, inject } from '@angular/core';
import { GasDay, type ListedAlarm } from '@linepack/contracts';
import { Words, formatNumber } from '@linepack/console-ui';
import { PlantStore } from '../live/plant.store';
import { SessionStore } from '../session/session.store';

/** The gas day a loss alarm is about. */
const gasDayOf = ({ condition, subject }: ListedAlarm): string | null =>
  condition === 'loss' && GasDay.safeParse(subject).success ? subject : null;

/** How an alarm is put into words, the same on every page. */
@Injectable({ providedIn: 'root' })
export class AlarmWords {
  private readonly words = inject(Words);
  private readonly plant = inject(PlantStore);
  private readonly session = inject(SessionStore);

  readonly station = (alarm: ListedAlarm): string => {
    const station = this.plant.station(alarm.stationId);
    if (station) return this.words.name(station.name);
    return alarm.stationId ?? this.words.t('alarm.network');
  };

  readonly condition = (alarm: ListedAlarm): string => this.words.t(`condition.${alarm.condition}`);

  /** What it is about and what is wrong with it; a loss names its gas day, which may be long past. */
  readonly title = (alarm: ListedAlarm): string => {
    const day = gasDayOf(alarm);
    const brief = this.brief(alarm);
    return day === null ? brief : `${brief} · ${this.words.t('shell.gasDay', { day })}`;
  };

  /** The same without its gas day, where that stands beside it. */
  readonly brief = (alarm: ListedAlarm): string => `${this.words.name(alarm.name)} ${this.condition(alarm)}`;

  /** Where the day that a loss alarm is about is shown; null for any other alarm, and for who may not see losses. */
  readonly lossDay = (alarm: ListedAlarm): { day: string; link: string[] } | null => {
    const day = gasDayOf(alarm);
    if (day === null || alarm.areaId === null || !this.session.may('loss.read')) return null;
    return { day, link: ['/loss', alarm.areaId, day] };
  };

  readonly decimals = (alarm: ListedAlarm): number => this.plant.tag(alarm.tagId)?.decimals ?? 2;

  readonly value = (alarm: ListedAlarm): string =>
    alarm.value === null ? '' : `${formatNumber(alarm.value, this.decimals(alarm))} ${alarm.unit}`;

  readonly limit = (alarm: ListedAlarm): string =>
    alarm.limit === null ? '' : `${formatNumber(alarm.limit, this.decimals(alarm))} ${alarm.unit}`;

  readonly zone = (alarm: ListedAlarm): string => this.plant.zoneOf(alarm.stationId);
}
