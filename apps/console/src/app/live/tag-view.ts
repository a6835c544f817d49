import { type Signal, computed, inject } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import {
  type QualityState,
  Words,
  formatNumber,
  formatSigned,
  formatSpan,
  isPresent,
  qualityState,
  ratePerHour,
} from '@linepack/console-ui';
import { AlarmStore } from '../alarm/alarm.store';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { LiveStore } from './live.store';

/** The rate of change is reckoned over the last ten minutes. */
const RATE_WINDOW = 600_000_000;

/** Smallest span a line is drawn over: a quarter of the normal band, else a hundredth of the instrument's range. */
export function smallestSpan({ limits, range }: Tag): number {
  const low = limits?.L ?? limits?.LL;
  const high = limits?.H ?? limits?.HH;
  return low !== undefined && high !== undefined ? (high - low) / 4 : (range[1] - range[0]) / 100;
}

/** Everything a row or card shows of one tag, as signals. Call it where injection is possible. */
export function tagView(tag: Signal<Tag>) {
  const live = inject(LiveStore);
  const clock = inject(Clock);
  const alarms = inject(AlarmStore);
  const words = inject(Words);
  const link = inject(Link);

  const latest = computed(() => live.value(tag().tagId)());
  const trace = computed(() => live.trace(tag().tagId)());
  const quality = computed<QualityState>(() =>
    qualityState(latest(), clock.now(), tag().maxReportS, link.state()),
  );
  /**
   * The number on the screen and since when it is known: the newest with when it was last heard, else the last good one
   * with its own time. The age never follows a source's clock while its word is there to be heard.
   */
  const newest = computed<{ value: number; since: number } | null>(() => {
    const value = latest();
    if (!value) return null;
    const isUsable = value.quality >= 0 && value.value !== null;
    if (isUsable) return { value: value.value as number, since: value.heardAt };
    return value.lastGood && { value: value.lastGood.value, since: value.lastGood.ts };
  });
  const shown = computed(() => newest()?.value ?? null);
  const age = computed(() => {
    const known = newest();
    return known ? formatSpan(clock.now() - known.since) : '';
  });
  const rate = computed(() => ratePerHour(trace(), live.traceEnd(), RATE_WINDOW));
  const alarm = computed(() => alarms.topOfTag(tag().tagId));
  const minSpan = computed(() => smallestSpan(tag()));
  return {
    latest,
    trace,
    quality,
    shown,
    age,
    alarm,
    minSpan,
    present: computed(() => isPresent(quality())),
    isSwitch: computed(() => tag().kind === 'switch'),
    text: computed(() => {
      const { kind, decimals } = tag();
      const value = shown();
      if (kind === 'switch' && value !== null) return words.t(value >= 0.5 ? 'value.on' : 'value.off');
      return formatNumber(value, decimals);
    }),
    unit: computed(() => tag().unit),
    suffix: computed(() => {
      const { pressure } = tag();
      return pressure === null ? '' : words.t(`value.${pressure}`);
    }),
    rateText: computed(() => {
      const r = rate();
      // What is not the present value has no present rate either.
      return r === null || !isPresent(quality())
        ? ''
        : formatSigned(r, Math.min(3, Math.max(0, tag().decimals - 1)));
    }),
    /** Moving by more than a tenth of the normal band an hour. */
    moving: computed(() => {
      const r = rate();
      if (r === null || !isPresent(quality()) || Math.abs(r) < minSpan() * 0.4) return '';
      return r > 0 ? 'up' : 'down';
    }),
  };
}
