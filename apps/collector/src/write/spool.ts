import { isNoSpace, writeDurably, type Disk, type DiskFile } from '../disk/disk';
import { SEGMENT_HEADER, encodeFrame } from './frame';
import { SegmentFolder, type Segment } from './segment-folder';

export interface SpoolOptions<Entry> {
  readonly disk: Disk;
  /** Samples are refused beyond this; entries that may not be lost (`reserve`) get 5 % more. Bytes. */
  readonly maxBytes: number;
  /** A segment is closed at this size and removed as a whole once replayed. Bytes. */
  readonly segmentBytes?: number;
  /** Makes an entry of what was stored, in whatever version. @throws when it is none */
  readonly parse: (stored: unknown) => Entry;
  readonly log: (message: string) => void;
}

export interface SpoolSize {
  readonly entries: number;
  readonly bytes: number;
}

/** The spool has reached its bound, or the disk has no room left. */
export class SpoolFullError extends Error {
  constructor(maxBytes: number, options?: ErrorOptions) {
    super(
      `the spool is full (${maxBytes} bytes): new samples are refused until the database is back`,
      options,
    );
    this.name = 'SpoolFullError';
  }
}

const SEGMENT_BYTES = 4 << 20;
const RESERVE = 1.05;
/** So often in a row a segment is read before those behind it stop waiting for it. */
const READ_ATTEMPTS = 5;

/**
 * Entries that wait on disk for the database, oldest first, in append-only segment files (format: frame.ts). An append
 * is durable when its promise resolves. What a crash cut short is passed over on opening: its promise never resolved.
 * There is no read cursor: a segment goes when its last entry is done, so that after a crash some entries come again;
 * whoever writes them must bear that.
 *
 * A disk that fails loses nothing that was promised: a segment is never written to again after a failure, and what
 * cannot be read now does not stop what comes behind it.
 */
export class Spool<Entry> {
  private readonly folder: SegmentFolder<Entry>;
  /** Each has entries; the last may still be open. */
  private readonly segments: Segment[];
  private tail: { segment: Segment; file: DiskFile } | null = null;
  /** Entries of the oldest segment, and how many of them are done. */
  private head: { segment: Segment; entries: Entry[]; done: number } | null = null;
  private failedReads = 0;
  private last: Promise<void> = Promise.resolve();

  private constructor(private readonly options: SpoolOptions<Entry>) {
    this.folder = new SegmentFolder(options);
    this.segments = this.folder.find();
  }

  /** Finds what waits. @throws the system's error when the folder cannot be listed */
  static open<Entry>(options: SpoolOptions<Entry>): Spool<Entry> {
    return new Spool(options);
  }

  size(): SpoolSize {
    const size = { entries: 0 - (this.head?.done ?? 0), bytes: this.folder.leftoverBytes };
    for (const { entries, bytes } of this.segments) {
      size.entries += entries;
      size.bytes += bytes;
    }
    return size;
  }

  get isEmpty(): boolean {
    return this.segments.length === 0;
  }

  get maxBytes(): number {
    return this.options.maxBytes;
  }

  /** Entries that were promised and cannot be read (damaged for good), and segments that could not be read this time. */
  get lost(): SegmentFolder<Entry>['lost'] {
    return this.folder.lost;
  }

  /**
   * Appends entries in order; resolves when they are on the disk. When it rejects, a crash may bring them all the same.
   * @throws SpoolFullError when there is no room
   * @throws the system's error when the disk fails
   */
  append(entries: readonly Entry[], importance: 'normal' | 'reserve'): Promise<void> {
    return entries.length === 0 ? Promise.resolve() : this.alone(() => this.appendAlone(entries, importance));
  }

  private async appendAlone(entries: readonly Entry[], importance: 'normal' | 'reserve'): Promise<void> {
    const { maxBytes, segmentBytes = SEGMENT_BYTES } = this.options;
    if (this.tail && this.tail.segment.bytes >= segmentBytes) await this.closeTail();
    const segment = this.tail?.segment ?? this.folder.next();
    const frames = entries.map((entry, i) => encodeFrame(segment.entries + i, JSON.stringify(entry)));
    const bytes = Buffer.concat(segment.bytes === 0 ? [SEGMENT_HEADER, ...frames] : frames);
    const room = importance === 'reserve' ? maxBytes * RESERVE : maxBytes;
    if (this.size().bytes + bytes.length > room) throw new SpoolFullError(maxBytes);
    try {
      await writeDurably(await this.fileFor(segment), segment.name, bytes, segment.bytes);
    } catch (error) {
      await this.sealTail(segment);
      throw isNoSpace(error) ? new SpoolFullError(maxBytes, { cause: error }) : error;
    }
    if (segment.bytes === 0) this.segments.push(segment);
    segment.bytes += bytes.length;
    segment.entries += entries.length;
    if (this.head?.segment === segment) this.head.entries.push(...entries);
  }

  /** The oldest entries, at most `limit`, without taking them. @throws the system's error when they cannot be read now */
  peek(limit: number): readonly Entry[] {
    for (let [oldest] = this.segments; oldest !== undefined; [oldest] = this.segments) {
      if (this.head?.segment !== oldest) this.head = this.headOf(oldest);
      if (this.head) return this.head.entries.slice(this.head.done, this.head.done + limit);
      this.segments.shift();
    }
    return [];
  }

  /** Says that the oldest `count` entries, as peeked, are done. */
  done(count: number): Promise<void> {
    return this.alone(async () => {
      const { head } = this;
      if (head === null) return;
      head.done += count;
      if (head.done < head.entries.length) return;
      if (head.segment === this.tail?.segment) await this.closeTail();
      await this.folder.discardDurably(head.segment);
      this.segments.shift();
      this.head = null;
    });
  }

  /** Everything that waits, oldest first: for a start that has to know what the database does not know yet. */
  *waiting(): Generator<Entry> {
    for (const segment of [...this.segments]) {
      const { head } = this;
      if (head?.segment === segment) yield* head.entries.slice(head.done);
      else yield* this.readOrPass(segment);
    }
  }

  /**
   * What could not be read and can be now waits again, before what is newer. What came after it may be written by now:
   * whoever writes it must bear that, too.
   *
   * @returns whether there was such
   */
  lookAgain(): boolean {
    const found = this.folder.lookAgain();
    this.segments.splice(this.head === null ? 0 : 1, 0, ...found);
    return found.length > 0;
  }

  close(): Promise<void> {
    return this.alone(() => this.closeTail());
  }

  /** One change of the files at a time: a segment must not be removed while something is appended to it. */
  private alone(work: () => Promise<void>): Promise<void> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** Null when nothing in it can be replayed, and those behind it need not wait. */
  private headOf(segment: Segment): NonNullable<typeof this.head> | null {
    try {
      const entries = this.folder.read(segment);
      this.failedReads = 0;
      if (entries.length > 0) return { segment, entries, done: 0 };
      this.folder.discard(segment);
    } catch (error) {
      this.failedReads += 1;
      if (this.failedReads < READ_ATTEMPTS) throw error;
      this.failedReads = 0;
      this.folder.leave(segment, (error as Error).message);
    }
    if (segment === this.tail?.segment) void this.alone(() => this.closeTail());
    return null;
  }

  private readOrPass(segment: Segment): Entry[] {
    try {
      return this.folder.read(segment);
    } catch (error) {
      this.options.log(`spool: ${segment.name} cannot be looked at now: ${(error as Error).message}`);
      return [];
    }
  }

  private async fileFor(segment: Segment): Promise<DiskFile> {
    if (this.tail) return this.tail.file;
    const file = await this.options.disk.open(segment.name);
    this.tail = { segment, file };
    // A new file's name is durable only when its folder is.
    await this.options.disk.syncFolder();
    return file;
  }

  /**
   * After a failure nobody knows what stands behind the last promised entry, nor whether the disk forgot it: the segment
   * is cut back as far as the disk lets us, and never written to again.
   */
  private async sealTail(segment: Segment): Promise<void> {
    await this.closeTail();
    if (segment.bytes === 0) return this.folder.discard(segment);
    try {
      this.options.disk.truncate(segment.name, segment.bytes);
    } catch (error) {
      this.options.log(
        `spool: ${segment.name} ends in entries that were refused: ${(error as Error).message}`,
      );
    }
  }

  private async closeTail(): Promise<void> {
    const { tail } = this;
    this.tail = null;
    try {
      await tail?.file.close();
    } catch (error) {
      this.options.log(`spool: ${tail?.segment.name}: ${(error as Error).message}`);
    }
  }
}
