import {
  Component,
  DestroyRef,
  ElementRef,
  afterRenderEffect,
  computed,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import uPlot from 'uplot';
import { formatNumber } from '../format/number';
import { formatInstant } from '../format/time';
import { Words } from '../words/words';
import { alignPens, extremes, panned, readingAt, zoomed, type TrendPen, type TrendRange } from './trend-data';
import { paletteOf, trendOptions, type TrendLimit } from './trend-options';

/** A trend of up to eight pens with zoom, pan and read-out. It asks for another range; its owner brings the data. */
@Component({
  selector: 'lp-trend-chart',
  templateUrl: './trend-chart.html',
  styleUrl: './trend-chart.css',
})
export class TrendChart {
  protected readonly words = inject(Words);
  readonly pens = input.required<readonly TrendPen[]>();
  readonly range = input.required<TrendRange>();
  readonly timeZone = input.required<string>();
  readonly theme = input.required<string>();
  readonly limits = input<readonly TrendLimit[]>([]);
  readonly legend = input<'table' | 'none'>('table');
  readonly rangeWanted = output<TrendRange>();
  readonly resetWanted = output<void>();
  readonly penRemoved = output<string>();

  private readonly canvas = viewChild.required<ElementRef<HTMLElement>>('canvas');
  private readonly cursorAt = signal<number | null>(null);
  private readonly size = signal<{ width: number; height: number } | null>(null);
  private plot: uPlot | null = null;
  private built = '';

  /** What makes a new plot necessary; everything else only brings new data. */
  private readonly shape = computed(() =>
    JSON.stringify([this.theme(), this.timeZone(), this.pens().map((p) => [p.id, p.unit, p.label])]),
  );

  protected readonly rows = computed(() =>
    this.pens().map((pen, i) => {
      const { min, max } = extremes(pen, this.range());
      // The newest counts while it holds: a pen that is silent at the window's end has no value there.
      const newest = Math.max(this.range().to, pen.ts.at(-1) ?? 0);
      const reading = readingAt(pen, this.cursorAt() ?? newest);
      return {
        pen,
        colour: `var(--pen-${(i % 8) + 1})`,
        dashed: i >= 4,
        bad: reading.usable === 0,
        // What the mean is of, where it is not of the whole.
        share:
          reading.usable !== null && reading.usable > 0 && reading.usable < 0.995
            ? formatNumber(reading.usable * 100, 0)
            : null,
        value: formatNumber(reading.value, pen.decimals),
        min: formatNumber(min, pen.decimals),
        max: formatNumber(max, pen.decimals),
      };
    }),
  );
  protected readonly readAt = computed(() => {
    const at = this.cursorAt();
    return at === null ? this.words.t('trend.newest') : formatInstant(at, this.timeZone());
  });

  constructor() {
    const resize = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      if (width > 40 && height > 40) this.size.set({ width: Math.floor(width), height: Math.floor(height) });
    });
    afterRenderEffect(() => resize.observe(this.canvas().nativeElement));
    afterRenderEffect(() => this.draw());
    inject(DestroyRef).onDestroy(() => {
      resize.disconnect();
      this.plot?.destroy();
    });
  }

  private draw(): void {
    const size = this.size();
    const shape = this.shape();
    const data = alignPens(this.pens());
    this.range();
    this.limits();
    if (!size) return;
    if (!this.plot || this.built !== shape) {
      this.plot?.destroy();
      this.plot = untracked(() => this.build(size, data));
      this.built = shape;
      return;
    }
    if (this.plot.width !== size.width || this.plot.height !== size.height) this.plot.setSize(size);
    this.plot.setData(data, true);
  }

  private build(size: { width: number; height: number }, data: uPlot.AlignedData): uPlot {
    const host = this.canvas().nativeElement;
    const frame = {
      pens: this.pens,
      range: this.range,
      limits: this.limits,
      timeZone: this.timeZone(),
      palette: paletteOf(host),
    };
    const options = trendOptions(frame, size.width, size.height);
    options.hooks = {
      ...options.hooks,
      setCursor: [(u) => this.follow(u)],
      setSelect: [(u) => this.select(u)],
      ready: [(u) => this.listen(u)],
    };
    return new uPlot(options, data, host);
  }

  private follow(u: uPlot): void {
    const left = u.cursor.left ?? -1;
    this.cursorAt.set(left < 0 ? null : Math.round(u.posToVal(left, 'x') * 1e6));
  }

  private select(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    const from = Math.round(u.posToVal(left, 'x') * 1e6);
    const to = Math.round(u.posToVal(left + width, 'x') * 1e6);
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.rangeWanted.emit({ from, to });
  }

  private listen(u: uPlot): void {
    u.over.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const around = Math.round(u.posToVal(event.offsetX, 'x') * 1e6);
        this.rangeWanted.emit(zoomed(this.range(), around, event.deltaY > 0 ? 1.25 : 0.8));
      },
      { passive: false },
    );
    u.over.addEventListener('dblclick', () => this.resetWanted.emit());
    // With Shift the same drag moves the window instead of choosing one.
    u.over.addEventListener(
      'mousedown',
      (event) => {
        if (!event.shiftKey) return;
        event.stopImmediatePropagation();
        const start = event.clientX;
        const range = this.range();
        const move = (e: MouseEvent) =>
          this.rangeWanted.emit(panned(range, (start - e.clientX) / u.over.clientWidth));
        document.addEventListener('mousemove', move);
        document.addEventListener('mouseup', () => document.removeEventListener('mousemove', move), {
          once: true,
        });
      },
      { capture: true },
    );
  }

  protected keyed(event: KeyboardEvent): void {
    const range = this.range();
    const middle = (range.from + range.to) / 2;
    const wanted: Record<string, () => TrendRange> = {
      ArrowLeft: () => panned(range, -0.2),
      ArrowRight: () => panned(range, 0.2),
      '+': () => zoomed(range, middle, 0.7),
      '=': () => zoomed(range, middle, 0.7),
      '-': () => zoomed(range, middle, 1.4),
    };
    const next = wanted[event.key];
    if (!next) return;
    event.preventDefault();
    this.rangeWanted.emit(next());
  }
}
