import { writeDurably, type Disk, type DiskFile } from '../disk/disk';
import { decodeFrames, encodeFrame } from './frame';

export interface SpoolOptions {
  readonly disk: Disk;
  /** Samples are refused beyond this; entries that may not be lost (`reserve`) get 5 % more. Bytes. */
  readonly maxBytes: number;
  /** A segment is closed at this size and deleted as a whole once replayed. Bytes. */
  readonly segmentBytes?: number;
  readonly log: (message: string) => void;
}

export interface SpoolSize {
  readonly entries: number;
  readonly bytes: number;
}

export class SpoolFullError extends Error {
  constructor(readonly maxBytes: number) {
    super(`the spool is full (${maxBytes} bytes): new samples are refused until the database is back`);
    this.name = 'SpoolFullError';
  }
}

interface Segment {
  readonly number: number;
  readonly name: string;
  bytes: number;
  entries: number;
}

const RESERVE = 1.05;
const nameOf = (number: number): string => `${String(number).padStart(10, '0')}.seg`;

/**
 * Entries that wait on disk for the database, oldest first, in append-only segment files.
 *
 * Format: a segment is a row of frames; a frame is length (uint32, little endian), CRC-32 of the payload (uint32) and
 * the payload (UTF-8 JSON). An append has reached the disk (fsync) when its promise resolves. A tail that a crash tore
 * is cut off on opening: its promise never resolved. There is no read cursor: a segment goes when its last entry is
 * done, so that after a crash some entries come again; whoever writes them must bear that.
 */
export class Spool<Entry> {
  private readonly segments: Segment[] = [];
  private tail: DiskFile | null = null;
  /** Entries of the oldest segment, and how many of them are done. */
  private head: { segment: Segment; entries: Entry[]; done: number } | null = null;

  private last: Promise<void> = Promise.resolve();

  private constructor(private readonly options: Required<SpoolOptions>) {}

  /** Opens the folder, cuts torn tails, counts what waits. @throws the system's error when the folder cannot be had */
  static open<Entry>(options: SpoolOptions): Spool<Entry> {
    const spool = new Spool<Entry>({ segmentBytes: 4 << 20, ...options });
    for (const name of options.disk.list()) {
      const number = /^(\d{10})\.seg$/.exec(name)?.[1];
      if (number !== undefined) spool.recover(Number(number));
    }
    return spool;
  }

  size(): SpoolSize {
    const size = { entries: 0 - (this.head?.done ?? 0), bytes: 0 };
    for (const { entries, bytes } of this.segments) {
      size.entries += entries;
      size.bytes += bytes;
    }
    return size;
  }

  get isEmpty(): boolean {
    return this.size().entries === 0;
  }

  isFull(): boolean {
    return this.size().bytes >= this.options.maxBytes;
  }

  /**
   * Appends entries in order; resolves when they are on the disk.
   * @throws SpoolFullError when there is no room; nothing was appended then
   */
  append(entries: readonly Entry[], importance: 'normal' | 'reserve'): Promise<void> {
    return entries.length === 0 ? Promise.resolve() : this.alone(() => this.appendAlone(entries, importance));
  }

  private async appendAlone(entries: readonly Entry[], importance: 'normal' | 'reserve'): Promise<void> {
    const frames = Buffer.concat(entries.map((entry) => encodeFrame(JSON.stringify(entry))));
    const room = this.options.maxBytes * (importance === 'reserve' ? RESERVE : 1);
    if (this.size().bytes + frames.length > room) throw new SpoolFullError(this.options.maxBytes);
    const { segment, file } = await this.writable();
    try {
      await writeDurably(file, segment.name, frames, segment.bytes);
    } catch (error) {
      // Half a frame may stand there: the next append must not follow it.
      await this.closeTail();
      if (segment.entries === 0) {
        // An empty segment in front would hide those behind it.
        this.segments.pop();
        this.options.disk.remove(segment.name);
      } else this.options.disk.truncate(segment.name, segment.bytes);
      throw error;
    }
    segment.bytes += frames.length;
    segment.entries += entries.length;
    if (this.head?.segment === segment) this.head.entries.push(...entries);
  }

  /** The oldest entries, at most `limit`, without taking them. */
  peek(limit: number): readonly Entry[] {
    const head = this.oldest();
    return head === null ? [] : head.entries.slice(head.done, head.done + limit);
  }

  /** Says that the oldest `count` entries are done. */
  done(count: number): Promise<void> {
    return this.alone(() => this.doneAlone(count));
  }

  private async doneAlone(count: number): Promise<void> {
    const head = this.oldest();
    if (head === null) return;
    head.done += count;
    if (head.done < head.entries.length) return;
    if (head.segment === this.segments.at(-1)) await this.closeTail();
    this.segments.shift();
    this.head = null;
    this.options.disk.remove(head.segment.name);
  }

  /** Everything that waits, oldest first: for a start that has to know what the database does not know yet. */
  *waiting(): Generator<Entry> {
    for (const segment of this.segments) {
      const skip = this.head?.segment === segment ? this.head.done : 0;
      yield* this.read(segment).slice(skip);
    }
  }

  close(): Promise<void> {
    return this.alone(() => this.closeTail());
  }

  /** One change of the files at a time: a segment must not be deleted while something is appended to it. */
  private alone(work: () => Promise<void>): Promise<void> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private recover(number: number): void {
    const { disk, log } = this.options;
    const name = nameOf(number);
    const stored = disk.read(name) ?? Buffer.alloc(0);
    const { payloads, bytes } = decodeFrames(stored);
    if (bytes < stored.length) {
      log(`spool: cut ${stored.length - bytes} torn bytes off ${name}`);
      disk.truncate(name, bytes);
    }
    if (payloads.length === 0) disk.remove(name);
    else this.segments.push({ number, name, bytes, entries: payloads.length });
  }

  private read(segment: Segment): Entry[] {
    const { payloads } = decodeFrames(this.stored(segment));
    return payloads.map((payload) => JSON.parse(payload) as Entry);
  }

  private stored({ name, bytes }: Segment): Buffer {
    return (this.options.disk.read(name) ?? Buffer.alloc(0)).subarray(0, bytes);
  }

  private oldest() {
    const segment = this.segments[0];
    if (segment === undefined || segment.entries === 0) return null;
    if (this.head?.segment !== segment) this.head = { segment, entries: this.read(segment), done: 0 };
    return this.head;
  }

  private async writable(): Promise<{ segment: Segment; file: DiskFile }> {
    const last = this.segments.at(-1);
    if (this.tail !== null && last !== undefined && last.bytes < this.options.segmentBytes)
      return { segment: last, file: this.tail };
    await this.closeTail();
    const number = (last?.number ?? 0) + 1;
    const segment: Segment = { number, name: nameOf(number), bytes: 0, entries: 0 };
    this.tail = await this.options.disk.open(segment.name);
    await this.options.disk.syncFolder();
    this.segments.push(segment);
    return { segment, file: this.tail };
  }

  private async closeTail(): Promise<void> {
    const file = this.tail;
    this.tail = null;
    await file?.close();
  }
}
