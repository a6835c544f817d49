import type { Disk } from '../disk/disk';
import { scanSegment } from './frame';

/** One file of a spool. */
export interface Segment {
  readonly number: number;
  readonly name: string;
  /** As far as it is durable; what follows was not promised. */
  bytes: number;
  /** Entries that wait in it. */
  entries: number;
  /** Entries in it that were promised and cannot be read. */
  damagedEntries: number;
}

export interface SegmentFolderOptions<Entry> {
  readonly disk: Disk;
  /** Makes an entry of what was stored, in whatever version. @throws when it is none */
  readonly parse: (stored: unknown) => Entry;
  readonly log: (message: string) => void;
}

/** Copies of damaged segments that are kept; then the oldest goes. */
const MOST_KEPT = 16;
const SEGMENT = /^(\d{10})\.seg$/;
const KEPT = /^(\d{10})\.seg\.damaged$/;

/**
 * The segment files of a spool. Of one with a damaged stretch everything else is read, and the file is kept when it is
 * done; one that cannot be read at all stays where it is, and is looked at again. Both are counted and said.
 */
export class SegmentFolder<Entry> {
  private lastNumber = 0;
  /** Done, but the disk would not remove them: tried again each time another is done. */
  private leftovers: Segment[] = [];
  /** Could not be read. */
  private left: Segment[] = [];
  private readonly damaged = { damagedEntries: 0, damagedBytes: 0 };

  constructor(private readonly options: SegmentFolderOptions<Entry>) {}

  /** What an earlier run left, oldest first. @throws the system's error when the folder cannot be listed */
  find(): Segment[] {
    const found: Segment[] = [];
    for (const name of this.options.disk.list()) {
      const number = Number((SEGMENT.exec(name) ?? KEPT.exec(name))?.[1] ?? 0);
      this.lastNumber = Math.max(this.lastNumber, number);
      const segment = SEGMENT.test(name) ? this.recover(number) : null;
      if (segment) found.push(segment);
    }
    return found;
  }

  /** Entries that were promised and are damaged for good, and segments that cannot be read as long as they cannot. */
  get lost() {
    return { ...this.damaged, unreadableSegments: this.left.length };
  }

  /** Those that could not be read and can be now, oldest first. */
  lookAgain(): Segment[] {
    const left = this.left;
    this.left = [];
    return left.flatMap((segment) => this.recover(segment.number, 'again') ?? []);
  }

  /** A name that was never used here before. */
  next(): Segment {
    this.lastNumber += 1;
    return segmentOf(this.lastNumber);
  }

  get leftoverBytes(): number {
    return this.leftovers.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** @throws the system's error when it cannot be read now */
  read(segment: Segment): Entry[] {
    const bytes = (this.options.disk.read(segment.name) ?? Buffer.alloc(0)).subarray(0, segment.bytes);
    const scan = scanSegment(bytes);
    const entries = (scan?.payloads ?? []).flatMap((payload) => this.parsed(payload));
    const missing = segment.entries - entries.length;
    if (missing > 0) {
      segment.entries = entries.length;
      this.damage(segment, missing, scan?.damaged.bytes ?? segment.bytes);
    }
    return entries;
  }

  /** It is done: removed, or kept as evidence where something in it could not be read. */
  discard(segment: Segment): void {
    const waiting = [...this.leftovers, segment];
    this.leftovers = [];
    for (const one of waiting) {
      try {
        this.remove(one);
      } catch (error) {
        if (one === segment) this.say(one, `is done, but stays: ${(error as Error).message}`);
        this.leftovers.push(one);
      }
    }
  }

  /**
   * The same, and it does not come back after a power cut: it would come after what went straight into the database
   * meanwhile, and older states would stand before newer ones.
   */
  async discardDurably(segment: Segment): Promise<void> {
    this.discard(segment);
    try {
      await this.options.disk.syncFolder();
    } catch (error) {
      this.say(segment, `is done, and may come again after a power cut: ${(error as Error).message}`);
    }
  }

  /** Those behind it wait no longer for one that cannot be read. */
  leave(segment: Segment, why: string, when: 'first' | 'again' = 'first'): void {
    this.left.push(segment);
    if (when === 'first')
      this.say(segment, `cannot be read and stays where it is; it is looked at again: ${why}`);
  }

  private recover(number: number, when: 'first' | 'again' = 'first'): Segment | null {
    const segment = segmentOf(number);
    let bytes: Buffer | null;
    try {
      bytes = this.options.disk.read(segment.name);
    } catch (error) {
      this.leave(segment, (error as Error).message, when);
      return null;
    }
    const scan = scanSegment(bytes ?? Buffer.alloc(0));
    if (scan === null) {
      this.leave(segment, 'a later version of this program wrote it', when);
      return null;
    }
    if (when === 'again') this.say(segment, 'can be read again');
    segment.bytes = bytes?.length ?? 0;
    segment.entries = scan.payloads.length;
    if (scan.torn > 0) this.say(segment, `passed over ${scan.torn} bytes that a crash cut short`);
    if (scan.damaged.bytes > 0) this.damage(segment, scan.damaged.entries, scan.damaged.bytes);
    if (segment.entries > 0) return segment;
    this.discard(segment);
    return null;
  }

  private parsed(payload: string): Entry[] {
    try {
      return [this.options.parse(JSON.parse(payload))];
    } catch (error) {
      this.options.log(
        `spool: an entry is passed over: ${(error as Error).message}: ${payload.slice(0, 500)}`,
      );
      return [];
    }
  }

  private damage(segment: Segment, entries: number, bytes: number): void {
    segment.damagedEntries += entries;
    this.damaged.damagedEntries += entries;
    this.damaged.damagedBytes += bytes;
    this.say(
      segment,
      `${entries} entries (${bytes} bytes) are damaged; the file is kept as ${segment.name}.damaged`,
    );
  }

  private remove(segment: Segment): void {
    const { disk } = this.options;
    if (segment.damagedEntries === 0) return disk.remove(segment.name);
    disk.rename(segment.name, `${segment.name}.damaged`);
    const kept = disk.list().filter((name) => KEPT.test(name));
    for (const name of kept.slice(0, Math.max(0, kept.length - MOST_KEPT))) disk.remove(name);
  }

  private say(segment: Segment, what: string): void {
    this.options.log(`spool: ${this.options.disk.place}: ${segment.name}: ${what}`);
  }
}

const segmentOf = (number: number): Segment => ({
  number,
  name: `${String(number).padStart(10, '0')}.seg`,
  bytes: 0,
  entries: 0,
  damagedEntries: 0,
});
