import uPlot from 'uplot';
import { formatNumber } from '../format/number';
import { formatClock, formatDate, formatMinute } from '../format/time';
import { COLUMNS, type TrendPen, type TrendRange, unusableSpans } from './trend-data';

export interface TrendLimit {
  readonly name: string;
  readonly value: number;
}

/** Colours as the canvas needs them: resolved from the design tokens of the present theme. */
export interface TrendPalette {
  readonly pens: readonly string[];
  readonly ink: string;
  readonly grid: string;
  readonly hatch: string;
  readonly font: string;
}

export interface TrendFrame {
  readonly pens: () => readonly TrendPen[];
  readonly range: () => TrendRange;
  readonly limits: () => readonly TrendLimit[];
  readonly timeZone: string;
  readonly palette: TrendPalette;
}

const STRIP = 6;
const DAY = 86_400;

export function paletteOf(element: Element): TrendPalette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    pens: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`--pen-${n}`)),
    ink: token('--ink-3'),
    grid: token('--line'),
    hatch: token('--line-strong'),
    font: `11px ${token('--font')}`,
  };
}

/** Units in the order in which the pens bring them: each gets its own scale. */
export const unitsOf = (pens: readonly TrendPen[]): string[] => [...new Set(pens.map((p) => p.unit))];

function timeAxis(frame: TrendFrame): uPlot.Axis {
  return {
    stroke: frame.palette.ink,
    font: frame.palette.font,
    grid: { stroke: frame.palette.grid, width: 1 },
    ticks: { stroke: frame.palette.grid, width: 1, size: 4 },
    space: 70,
    values: (_u, splits, _axis, _space, step) => {
      let day = '';
      return splits.map((s) => {
        const micros = s * 1_000_000;
        const date = formatDate(micros, frame.timeZone).slice(5);
        const clock = step < 60 ? formatClock(micros, frame.timeZone) : formatMinute(micros, frame.timeZone);
        const label = step >= DAY ? date : date === day ? clock : `${clock}\n${date}`;
        day = date;
        return label;
      });
    },
  };
}

function valueAxis(frame: TrendFrame, unit: string, index: number): uPlot.Axis {
  return {
    scale: unit,
    side: index === 0 ? 3 : 1,
    show: index < 3,
    label: unit,
    labelSize: 18,
    labelFont: frame.palette.font,
    size: 58,
    stroke: frame.palette.ink,
    font: frame.palette.font,
    grid: { show: index === 0, stroke: frame.palette.grid, width: 1 },
    ticks: { stroke: frame.palette.grid, width: 1, size: 4 },
    values: (_u, splits, _axis, _space, step) => {
      const decimals = Math.min(4, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
      return splits.map((v) => formatNumber(v, decimals));
    },
  };
}

function penSeries(pen: TrendPen, index: number, palette: TrendPalette): uPlot.Series[] {
  const stroke = palette.pens[index % palette.pens.length] as string;
  const edge: uPlot.Series = { scale: pen.unit, points: { show: false }, stroke: 'transparent', width: 0 };
  const line: uPlot.Series = {
    scale: pen.unit,
    label: pen.label,
    stroke,
    width: 1.6,
    points: { show: false },
    spanGaps: false,
    ...(index >= 4 ? { dash: [6, 3] } : {}),
  };
  return [line, edge, edge];
}

function drawLimits(u: uPlot, frame: TrendFrame): void {
  const [unit] = unitsOf(frame.pens());
  if (!unit) return;
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = frame.palette.ink;
  ctx.fillStyle = frame.palette.ink;
  ctx.font = frame.palette.font;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 4]);
  for (const { name, value } of frame.limits()) {
    const y = u.valToPos(value, unit, true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(name, bbox.left + 4, y - 3);
  }
  ctx.restore();
}

/** Where a pen was not usable, its own strip along the bottom is filled, as high as the share that was not. */
function drawQuality(u: uPlot, frame: TrendFrame): void {
  const { ctx, bbox } = u;
  const { to } = frame.range();
  ctx.save();
  frame.pens().forEach((pen, i) => {
    ctx.fillStyle = frame.palette.pens[i % frame.palette.pens.length] as string;
    const strip = STRIP * devicePixelRatio;
    const y = bbox.top + bbox.height - (i + 1) * strip;
    for (const span of unusableSpans(pen, to)) {
      const left = Math.max(bbox.left, u.valToPos(span.from / 1e6, 'x', true));
      const right = Math.min(bbox.left + bbox.width, u.valToPos(span.to / 1e6, 'x', true));
      if (right > left) {
        ctx.globalAlpha = 0.14 * span.share;
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
        ctx.globalAlpha = 1;
        const height = Math.max(1, (strip - 1) * span.share);
        ctx.fillRect(left, y + strip - 1 - height, Math.max(right - left, 2), height);
      }
    }
  });
  ctx.restore();
}

/** Options of a trend: one scale per unit, limits and quality drawn over it, the legend left to the template. */
export function trendOptions(frame: TrendFrame, width: number, height: number): uPlot.Options {
  const pens = frame.pens();
  const scales: uPlot.Scales = {
    x: { time: true, range: () => [frame.range().from / 1e6, frame.range().to / 1e6] },
  };
  unitsOf(pens).forEach((unit, i) => {
    scales[unit] = {
      range: (_u, low, high) => {
        if (low === null || high === null) return [0, 1];
        const marks = i === 0 ? frame.limits().map((l) => l.value) : [];
        const from = Math.min(low, ...marks);
        const to = Math.max(high, ...marks);
        const pens = frame.pens().filter((p) => p.unit === unit);
        const missing = Math.max(0, Math.max(...pens.map((p) => p.minSpan)) - (to - from));
        const pad = (to - from + missing || Math.abs(to) * 0.02 || 1) * 0.08 + missing / 2;
        return [from - pad, to + pad];
      },
    };
  });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), frame.timeZone),
    scales,
    axes: [timeAxis(frame), ...unitsOf(pens).map((unit, i) => valueAxis(frame, unit, i))],
    series: [{}, ...pens.flatMap((pen, i) => penSeries(pen, i, frame.palette))],
    bands: pens.map((_pen, i) => ({
      series: [i * COLUMNS + 3, i * COLUMNS + 2] as [number, number],
      fill: `color-mix(in srgb, ${frame.palette.pens[i % frame.palette.pens.length]} 22%, transparent)`,
    })),
    hooks: { draw: [(u) => drawLimits(u, frame), (u) => drawQuality(u, frame)] },
  };
}
