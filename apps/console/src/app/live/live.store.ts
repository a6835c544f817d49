import { Injectable, type Signal, type WritableSignal, computed, inject, signal } from '@angular/core';
import { History, type LatestValue, LatestValues, type LiveSample } from '@linepack/contracts';
import type { SparkPoint } from '@linepack/console-ui';
import { Subject } from 'rxjs';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { isAsNew } from './order';
import { TRACE_SPAN, extendTrace, mergeTrace } from './trace';

const TAGS_PER_REQUEST = 16;
const TRACE_POINTS = 120;
const TRACE_STEP = 10_000_000;

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** Last values, one signal per tag: a value that moves redraws its own row and nothing else. */
@Injectable({ providedIn: 'root' })
export class LiveStore {
  private readonly api = inject(Api);
  private readonly link = inject(Link);
  private readonly clock = inject(Clock);
  private readonly values = new Map<number, WritableSignal<LatestValue | undefined>>();
  private readonly traces = new Map<number, WritableSignal<readonly SparkPoint[]>>();
  private readonly traced = new Set<number>();
  /** Tags whose value came on the present connection: order is known among those, and an earlier server had its own. */
  private readonly current = new Set<number>();

  /** Samples as they come, for trends that are open. */
  readonly samples = new Subject<LiveSample[]>();
  readonly fault = signal<unknown>(undefined);
  /** The newest values were read once: what is not there now is not there. */
  readonly loaded = signal(false);
  /** End of every sparkline's hour, moved in steps so that lines are not redrawn each second. */
  readonly traceEnd = computed(() => Math.ceil(this.clock.now() / TRACE_STEP) * TRACE_STEP);
  readonly traceStart = computed(() => this.traceEnd() - TRACE_SPAN);

  constructor() {
    this.link.live.subscribe((samples) => this.take(samples));
    this.link.joined.subscribe(() => {
      this.current.clear();
      void this.readAgain();
    });
    // Tags that are new have a value already, which nobody would send before it changes.
    this.link.configurationChanged.subscribe(() => void this.readLatest());
  }

  value(tagId: number): Signal<LatestValue | undefined> {
    return this.cell(tagId);
  }

  trace(tagId: number): Signal<readonly SparkPoint[]> {
    return this.line(tagId);
  }

  /** Reads the newest values of everything the user may see. */
  async readLatest(): Promise<void> {
    try {
      const { values } = await this.api.get('/api/latest', LatestValues);
      for (const value of values) if (this.isNews(value.tagId, value.heardAt)) this.hold(value);
      this.fault.set(undefined);
      this.loaded.set(true);
    } catch (fault) {
      this.fault.set(fault);
    }
  }

  /** Makes sure that the last hour of these tags is there. */
  async needTraces(tagIds: readonly number[]): Promise<void> {
    const missing = tagIds.filter((id) => !this.traced.has(id));
    for (const id of missing) this.traced.add(id);
    await this.readTraces(missing);
  }

  private async readAgain(): Promise<void> {
    await this.readLatest();
    await this.readTraces([...this.traced]);
  }

  private async readTraces(tagIds: readonly number[]): Promise<void> {
    const to = Math.round(this.clock.read());
    const range = { from: to - TRACE_SPAN, to, points: TRACE_POINTS };
    for (const tags of chunks(tagIds, TAGS_PER_REQUEST)) {
      try {
        const { series } = await this.api.get('/api/history', History, { tags: tags.join(','), ...range });
        for (const { tagId, ts, value } of series) {
          const history = ts.map((t, i) => ({ ts: t, value: value[i] ?? null }));
          this.line(tagId).update((live) => mergeTrace(history, live));
        }
      } catch (fault) {
        // The lines stay as they are; values do not wait for them. The next connection tries again.
        console.warn(`last hour of tags ${tags.join(',')}: ${String(fault)}`);
      }
    }
  }

  private take(samples: LiveSample[]): void {
    for (const [tagId, ts, quality, value, heardAt] of samples) {
      if (!this.isNews(tagId, heardAt)) continue;
      const usable = quality >= 0 && value !== null;
      const lastGood = usable ? { ts, value } : (this.cell(tagId)()?.lastGood ?? null);
      this.hold({ tagId, ts, quality, value, heardAt, lastGood });
      // By when it was heard: a steady value keeps its line although its own stamp stays where it was.
      this.line(tagId).update((trace) => extendTrace(trace, { ts: heardAt, value: usable ? value : null }));
    }
    this.samples.next(samples);
  }

  private isNews(tagId: number, heardAt: number): boolean {
    return !this.current.has(tagId) || isAsNew(heardAt, this.cell(tagId)(), this.clock.read());
  }

  private hold(value: LatestValue): void {
    this.current.add(value.tagId);
    this.cell(value.tagId).set(value);
  }

  private cell(tagId: number): WritableSignal<LatestValue | undefined> {
    let cell = this.values.get(tagId);
    if (!cell) this.values.set(tagId, (cell = signal<LatestValue | undefined>(undefined)));
    return cell;
  }

  private line(tagId: number): WritableSignal<readonly SparkPoint[]> {
    let line = this.traces.get(tagId);
    if (!line) this.traces.set(tagId, (line = signal<readonly SparkPoint[]>([])));
    return line;
  }
}
