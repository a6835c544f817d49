/** Events a second, as a mean over the last whole window. */
export class Rate {
  private count = 0;
  private since = performance.now();
  private last = 0;

  constructor(private readonly windowMs: number) {}

  add(count: number): void {
    this.roll();
    this.count += count;
  }

  perSecond(): number {
    this.roll();
    return this.last;
  }

  private roll(): void {
    const elapsed = performance.now() - this.since;
    if (elapsed < this.windowMs) return;
    this.last = Math.round((this.count * 1_000) / elapsed);
    this.since = performance.now();
    this.count = 0;
  }
}
