import { Component, computed, effect, inject, input, output, signal, untracked } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { AlarmEvents } from '@linepack/contracts';
import {
  Icon,
  PriorityMark,
  Words,
  formatMoment,
  formatNumber,
  formatSpan,
  responseOf,
} from '@linepack/console-ui';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { Loading } from '../core/loading';
import { PlantStore } from '../live/plant.store';
import { SessionStore } from '../session/session.store';
import { TagNow } from '../live/tag-now';
import { TrendPanel } from '../trend/trend-panel';
import { TrendStore } from '../trend/trend.store';
import { AlarmWords } from './alarm-words';
import { AlarmStore } from './alarm.store';
import { FaceplateStore, type FaceplateSubject } from './faceplate.store';

/** Everything about one alarm or one tag beside the page: value, limits, trend, who noted it, history, whom to call. */
@Component({
  selector: 'lp-faceplate',
  imports: [FormsModule, Icon, PriorityMark, RouterLink, TagNow, TrendPanel],
  providers: [TrendStore],
  templateUrl: './faceplate.html',
  styleUrl: './faceplate.css',
})
export class Faceplate {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly say = inject(AlarmWords);
  protected readonly alarms = inject(AlarmStore);
  protected readonly api = inject(Api);
  private readonly plant = inject(PlantStore);
  private readonly session = inject(SessionStore);
  private readonly clock = inject(Clock);
  private readonly link = inject(Link);
  private readonly trend = inject(TrendStore);
  protected readonly store = inject(FaceplateStore);
  readonly subject = input.required<FaceplateSubject>();
  readonly closed = output<void>();

  protected readonly comment = signal('');
  protected readonly history = new Loading<AlarmEvents>();

  protected readonly alarm = computed(() => {
    const subject = this.subject();
    return subject.kind === 'alarm' ? this.alarms.find(subject.alarmId) : this.alarms.topOfTag(subject.tagId);
  });
  protected readonly alarmId = computed(() => {
    const subject = this.subject();
    return subject.kind === 'alarm' ? subject.alarmId : (this.alarm()?.alarmId ?? null);
  });
  protected readonly tag = computed(() => {
    const subject = this.subject();
    const fromKey = subject.kind === 'alarm' ? this.tagOfId(subject.alarmId) : subject.tagId;
    return this.plant.tag(this.alarm()?.tagId ?? fromKey);
  });
  protected readonly station = computed(() =>
    this.plant.station(this.alarm()?.stationId ?? this.tag()?.stationId ?? null),
  );
  /** Written for this equipment, condition and reader, or whom to call. */
  protected readonly response = computed(() => {
    const alarm = this.alarm();
    return alarm ? responseOf(alarm, this.tag(), this.session.user()?.role ?? 'viewer') : null;
  });
  /**
   * Whose telephone helps: the alarm's station, or all stations that a source feeds. A station does not call itself.
   */
  protected readonly phones = computed(() => {
    if (this.session.position() === 'station') return [];
    const own = this.station();
    const sourceId = this.alarm()?.sourceId ?? null;
    const stations = own ? [own] : sourceId === null ? [] : this.plant.fedBy(sourceId);
    return stations.flatMap(({ id, name, phone }) => (phone === null ? [] : [{ id, name, phone }]));
  });
  protected readonly lossDay = computed(() => {
    const alarm = this.alarm();
    return alarm && this.say.lossDay(alarm);
  });
  protected readonly zone = computed(() => this.station()?.timeZone ?? this.plant.zone());
  protected readonly since = computed(() => {
    const at = this.alarm()?.activeSince;
    if (at === null || at === undefined) return '';
    return `${formatMoment(at, this.zone())} · ${formatSpan(this.clock.now() - at)}`;
  });
  protected readonly limits = computed(() => {
    const tag = this.tag();
    if (!tag) return [];
    const { LL, L, H, HH } = tag.limits ?? {};
    const named: [string, number | null | undefined][] = [
      ['LL', LL],
      ['L', L],
      ['H', H],
      ['HH', HH],
      ['MAOP', tag.maop],
    ];
    return named.flatMap(([name, v]) =>
      v === null || v === undefined ? [] : [{ name, text: formatNumber(v, tag.decimals) }],
    );
  });
  protected readonly lines = computed(() =>
    [...(this.history.value()?.events ?? [])]
      .sort((a, b) => b.at - a.at)
      .slice(0, 12)
      .map((e) => ({ event: e, time: formatMoment(e.at, this.zone()) })),
  );

  constructor() {
    effect(() => {
      const id = this.tag()?.tagId;
      untracked(() => this.trend.tagIds.set(id === undefined ? [] : [id]));
    });
    effect((onCleanup) => {
      const tag = this.tag();
      if (tag) onCleanup(this.link.watch(`station:${tag.stationId}`));
    });
    effect(() => {
      const id = this.alarmId();
      untracked(() => (id === null ? this.history.clear() : this.readHistory(id)));
    });
    effect(() => {
      const entries = this.alarms.journalled();
      const id = untracked(this.alarmId);
      if (id !== null && entries.some((e) => e.alarmId === id)) untracked(() => this.readHistory(id));
    });
    effect(() => {
      this.subject();
      untracked(() => this.comment.set(''));
    });
  }

  protected moment(at: number): string {
    return formatMoment(at, this.zone());
  }

  protected async acknowledge(): Promise<void> {
    const alarm = this.alarm();
    if (!alarm) return;
    await this.alarms.acknowledge(alarm, this.comment().trim());
    this.comment.set('');
  }

  private readHistory(alarm: string): void {
    void this.history.read(() => this.api.get('/api/alarms/events', AlarmEvents, { alarm, limit: 100 }));
  }

  /** An alarm that is normal again is no longer in the table; its id still names the tag. */
  private tagOfId(alarmId: string): number | null {
    const key = /^tag:(.+):[^:]+$/.exec(alarmId)?.[1];
    return this.plant.tags().find((t) => t.key === key)?.tagId ?? null;
  }
}
