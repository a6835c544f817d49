export interface SparkPoint {
  /** Source time, microseconds. */
  readonly ts: number;
  /** null: no usable value; the line has a gap there. */
  readonly value: number | null;
}

export interface SparkFrame {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  /** Smallest span of values drawn over the full height: noise must not look like movement. */
  readonly minSpan: number;
}

/** Lowest and highest value drawn: the data's own, widened evenly to `minSpan`. */
export function sparkDomain(points: readonly SparkPoint[], minSpan: number): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const missing = Math.max(minSpan, Number.EPSILON) - (high - low);
  return missing > 0 ? [low - missing / 2, high + missing / 2] : [low, high];
}

/** An SVG path of the points inside the frame; gaps where a value is missing. Empty when there is nothing to draw. */
export function sparklinePath(points: readonly SparkPoint[], frame: SparkFrame): string {
  const inside = points.filter((p) => p.ts >= frame.from && p.ts <= frame.to);
  const domain = sparkDomain(inside, frame.minSpan);
  if (!domain) return '';
  const [low, high] = domain;
  const pad = 1.5;
  let pen = 'M';
  let path = '';
  for (const { ts, value } of inside) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = ((ts - frame.from) / (frame.to - frame.from)) * frame.width;
    const y = pad + (1 - (value - low) / (high - low)) * (frame.height - 2 * pad);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

/**
 * Rate of change by least squares over the points of the last `windowMicros`, per hour.
 * @returns null when fewer than three points or less than a quarter of the window are there.
 */
export function ratePerHour(points: readonly SparkPoint[], now: number, windowMicros: number): number | null {
  const used = points.filter(
    (p): p is { ts: number; value: number } => p.value !== null && p.ts > now - windowMicros && p.ts <= now,
  );
  const first = used[0];
  const last = used.at(-1);
  if (!first || !last || used.length < 3 || last.ts - first.ts < windowMicros / 4) return null;
  const hours = used.map((p) => (p.ts - first.ts) / 3_600_000_000);
  const meanX = hours.reduce((a, b) => a + b, 0) / used.length;
  const meanY = used.reduce((a, p) => a + p.value, 0) / used.length;
  let xy = 0;
  let xx = 0;
  used.forEach((p, i) => {
    const dx = (hours[i] as number) - meanX;
    xy += dx * (p.value - meanY);
    xx += dx * dx;
  });
  return xx === 0 ? null : xy / xx;
}
