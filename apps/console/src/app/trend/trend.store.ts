import { DestroyRef, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { History, type HistorySeries, type LiveSample, type Tag } from '@linepack/contracts';
import { STALE_INTERVALS, type TrendPen, type TrendRange, Words } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { Loading } from '../core/loading';
import { LiveStore } from '../live/live.store';
import { PlantStore } from '../live/plant.store';
import { smallestSpan } from '../live/tag-view';
import { type Columns, append, bucketWidth, dropBefore, emptyColumns, joined } from './trend-join';
import { type TrendWindow, rangeOf, windowFor } from './trend-range';

export const MOST_PENS = 8;
const POINTS = 800;
/** A zoom by the wheel asks many times in a row: the last wish is read. */
const SETTLE_MS = 200;
/** Live samples kept to be joined to a history that is still being read. */
const KEPT = 5_000;

/** One trend: which tags, which window, history joined with live. Provided by the component that shows it. */
@Injectable()
export class TrendStore {
  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly link = inject(Link);
  private readonly live = inject(LiveStore);
  private readonly plant = inject(PlantStore);
  private readonly words = inject(Words);
  private readonly reading = new Loading<History>();

  readonly tagIds = signal<readonly number[]>([]);
  readonly window = signal<TrendWindow>({ kind: 'following', span: 3_600_000_000 });
  readonly range = computed<TrendRange>(() => rangeOf(this.window(), this.clock.now()));
  readonly state = this.reading.state;
  readonly error = this.reading.error;
  readonly busy = this.reading.busy;
  readonly resolution = computed(() => this.reading.value()?.resolution ?? null);

  private readonly recent = new Map<number, LiveSample[]>();
  private readonly columns = new Map<number, Columns>();
  /** Width of the history's buckets, microseconds; 0 for raw samples. */
  private width = 0;
  private readonly turn = signal(0);
  /** With tags of one station alone its name would only repeat itself. */
  private readonly oneStation = computed(
    () => new Set(this.tagIds().map((id) => this.plant.tag(id)?.stationId)).size <= 1,
  );
  private dirty = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly pens = computed<TrendPen[]>(() => {
    this.turn();
    return this.tagIds().flatMap((id) => {
      const tag = this.plant.tag(id);
      return tag ? [this.penOf(tag)] : [];
    });
  });

  constructor() {
    const samples = this.live.samples.subscribe((batch) => this.take(batch));
    const again = this.link.joined.subscribe(() => void this.read());
    effect(() => {
      this.tagIds();
      this.window();
      untracked(() => this.readSoon());
    });
    // Live samples are drawn once a second, with the clock, not at each batch.
    effect(() => {
      this.clock.now();
      if (!this.dirty) return;
      this.dirty = false;
      untracked(() => this.forget());
      untracked(() => this.turn.update((n) => n + 1));
    });
    inject(DestroyRef).onDestroy(() => {
      samples.unsubscribe();
      again.unsubscribe();
      clearTimeout(this.timer);
    });
  }

  follow(span: number): void {
    this.window.set({ kind: 'following', span });
  }

  show(range: TrendRange): void {
    this.window.set(windowFor(range, this.clock.read()));
  }

  toggle(tagId: number): void {
    this.tagIds.update((ids) =>
      ids.includes(tagId) ? ids.filter((id) => id !== tagId) : ids.length < MOST_PENS ? [...ids, tagId] : ids,
    );
  }

  readSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), SETTLE_MS);
  }

  private async read(): Promise<void> {
    const ids = this.tagIds();
    if (ids.length === 0) return;
    const { from, to } = untracked(this.range);
    await this.reading.read(async () => {
      const history = await this.api.get('/api/history', History, {
        tags: ids.join(','),
        from: Math.round(from),
        to: Math.round(to),
        points: POINTS,
      });
      this.width = history.resolution === 'raw' ? 0 : bucketWidth(history.series);
      for (const series of history.series) this.columns.set(series.tagId, this.joinedWithLive(series));
      return history;
    });
    this.turn.update((n) => n + 1);
  }

  private take(batch: LiveSample[]): void {
    const ids = new Set(this.tagIds());
    for (const sample of batch) {
      const [id] = sample;
      if (!ids.has(id)) continue;
      const kept = this.recent.get(id) ?? [];
      kept.push(sample);
      if (kept.length > KEPT) kept.splice(0, kept.length - KEPT);
      this.recent.set(id, kept);
      const columns = this.columns.get(id) ?? emptyColumns();
      this.columns.set(id, columns);
      if (append(columns, sample, this.holdOf(this.plant.tag(id)))) this.dirty = true;
    }
  }

  private joinedWithLive(series: HistorySeries): Columns {
    const hold = this.holdOf(this.plant.tag(series.tagId));
    return joined(series, this.recent.get(series.tagId) ?? [], hold);
  }

  /** How long a value holds when nothing follows: as long as it is not stale, or a bucket where those are wider. */
  private holdOf(tag: Tag | null): number {
    return Math.max(STALE_INTERVALS * (tag?.maxReportS ?? 0) * 1_000_000, this.width);
  }

  /** A screen on the wall follows for weeks: what has left its window is read again when somebody looks back. */
  private forget(): void {
    if (this.window().kind !== 'following') return;
    for (const columns of this.columns.values()) dropBefore(columns, this.range().from);
  }

  private penOf(tag: Tag): TrendPen {
    const columns = this.columns.get(tag.tagId) ?? emptyColumns();
    const station = this.plant.station(tag.stationId);
    const name = this.words.name(tag.name);
    const unit = tag.pressure === null ? tag.unit : `${tag.unit} ${this.words.t(`value.${tag.pressure}`)}`;
    return {
      id: String(tag.tagId),
      label: station && !this.oneStation() ? `${this.words.name(station.name)} · ${name}` : name,
      unit,
      decimals: tag.decimals,
      minSpan: smallestSpan(tag),
      hold: this.holdOf(tag),
      ...columns,
    };
  }
}
