import type { Time } from '../time';

/** Events a second, as a mean over the last whole window. */
export class Rate {
  private count = 0;
  private since: number;
  private last = 0;

  constructor(
    private readonly windowMs: number,
    private readonly time: Time,
  ) {
    this.since = time.monotonicMs();
  }

  add(count: number): void {
    this.roll();
    this.count += count;
  }

  perSecond(): number {
    this.roll();
    return this.last;
  }

  private roll(): void {
    const elapsed = this.time.monotonicMs() - this.since;
    if (elapsed < this.windowMs) return;
    this.last = Math.round((this.count * 1_000) / elapsed);
    this.since = this.time.monotonicMs();
    this.count = 0;
  }
}
