const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Lines kept for a failure; the hash covers all of them. */
const KEPT = 200_000;

/** What happened, line by line. Two runs of one seed are the same to the last step when their hashes are equal. */
export class Trace {
  private readonly lines: string[] = [];
  private low = FNV_OFFSET;
  private high = FNV_PRIME;
  count = 0;

  /** @param keeping whether lines are kept to be printed, or only counted and hashed */
  constructor(private readonly keeping: 'lines' | 'hash') {}

  note(atUs: number, who: string, what: string): void {
    this.count += 1;
    this.mix(atUs % 4_294_967_296);
    this.mixText(who);
    this.mixText(what);
    if (this.keeping === 'hash') return;
    if (this.lines.length >= KEPT) this.lines.splice(0, KEPT / 2);
    this.lines.push(`${(atUs / 1e6).toFixed(6)} ${who.padEnd(10)} ${what}`);
  }

  get hash(): string {
    return `${this.low.toString(16).padStart(8, '0')}${this.high.toString(16).padStart(8, '0')}`;
  }

  text(): string {
    return this.lines.join('\n');
  }

  private mixText(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.mix(text.charCodeAt(i));
  }

  private mix(value: number): void {
    this.low = Math.imul(this.low ^ value, FNV_PRIME) >>> 0;
    this.high = (Math.imul(this.high, 31) + value) >>> 0;
  }
}
