import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { LossResult } from '@linepack/contracts';
import {
  Icon,
  State,
  Words,
  formatInstant,
  formatNumber,
  formatSigned,
  formatVolume,
  saveCsv,
  shiftDay,
} from '@linepack/console-ui';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { Loading } from '../core/loading';
import { lossRows } from './loss-rows';
import { VERDICT_SIGN } from './loss-words';
import { LossStore } from './loss.store';

/** The daily analysis table of one area (日输差分析表). */
@Component({
  selector: 'lp-loss-day-page',
  imports: [Icon, RouterLink, State],
  templateUrl: './loss-day.page.html',
  styleUrl: './loss-day.page.css',
})
export class LossDayPage {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly api = inject(Api);
  protected readonly store = inject(LossStore);
  readonly areaId = input.required<string>();
  readonly gasDay = input.required<string>();
  protected readonly reading = new Loading<LossResult>();

  protected readonly area = computed(
    () => this.store.areas().find((a) => a.areaId === this.areaId()) ?? null,
  );
  protected readonly zone = computed(() => this.area()?.gasDay.timeZone ?? 'Asia/Shanghai');
  protected readonly before = computed(() => shiftDay(this.gasDay(), -1));
  protected readonly after = computed(() => {
    const next = shiftDay(this.gasDay(), 1);
    const today = this.store.today();
    return today !== null && next <= today ? next : null;
  });
  protected readonly rows = computed(() => {
    const result = this.reading.value();
    return result ? lossRows(result) : [];
  });

  protected readonly volume = formatVolume;
  protected readonly signed = formatSigned;
  protected readonly number = formatNumber;
  protected readonly sign = VERDICT_SIGN;

  constructor() {
    this.store.keep();
    effect(() => {
      this.areaId();
      this.gasDay();
      untracked(() => {
        this.reading.clear();
        this.read();
      });
    });
    inject(Link)
      .lossUpdated.pipe(takeUntilDestroyed())
      .subscribe((m) => {
        if (m.gasDay === this.gasDay() && m.areaIds.includes(this.areaId())) this.read();
      });
  }

  protected read(): void {
    const path = `/api/loss/areas/${encodeURIComponent(this.areaId())}/days/${this.gasDay()}`;
    void this.reading.read(() => this.api.get(path, LossResult));
  }

  protected instant(at: number): string {
    return formatInstant(at, this.zone());
  }

  /** A remark or reason in the user's language; the server's own word where we know none. */
  protected remark(word: string): string {
    const key = `remark.${word}`;
    return this.words.has(key) ? this.t(key) : word;
  }

  protected export(): void {
    const r = this.reading.value();
    if (!r) return;
    const header = [
      'item',
      'start',
      'startReading',
      'end',
      'endReading',
      'volume',
      'measured',
      'remarks',
    ] as const;
    const lines = r.lines.map((l) => [
      `${this.t(`lossRole.${l.role}`)} ${this.words.name(l.name)}`,
      l.start ? this.instant(l.start.ts) : '',
      l.start?.reading,
      l.end ? this.instant(l.end.ts) : '',
      l.end?.reading,
      l.volume,
      l.measuredPercent,
      l.remarks.map((x) => this.remark(x)).join('; '),
    ]);
    const packs = r.linePack.map((p) => [
      `${this.t('loss.linePack')} ${this.words.name(p.name)}`,
      '',
      p.start,
      '',
      p.end,
      p.start === null || p.end === null ? null : p.end - p.start,
    ]);
    const sums = this.rows().map((row) => [this.t(row.word), '', '', '', '', row.value, row.unit]);
    saveCsv(`linepack-loss-${r.areaId}-${r.gasDay}`, [
      header.map((h) => this.t(`csv.${h}`)),
      ...lines,
      ...packs,
      ...sums,
    ]);
  }
}
