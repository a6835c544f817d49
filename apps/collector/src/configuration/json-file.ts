import { crc32 } from 'node:zlib';
import type { Disk } from '../disk/disk';

const FORMAT = 2;

/**
 * A JSON document on disk that is always whole: written beside and renamed. It stands there as
 * `{"format": 2, "crc32": …, "value": …}`, the checksum being of the value's text; up to format 1 there was the value
 * alone. One that cannot be read is put beside as `….damaged`, so that the next start is not stopped by it.
 */
export class JsonFile<T> {
  constructor(
    private readonly disk: Disk,
    private readonly name: string,
  ) {}

  /**
   * Null when there is none.
   * @throws SyntaxError naming the file when it is damaged, RangeError when a later version of this program wrote it
   * @throws the system's error when the disk fails
   */
  read(): T | null {
    const bytes = this.disk.read(this.name);
    if (bytes === null) return null;
    const stored = this.parsed(bytes.toString('utf8'));
    if (!isStamped(stored)) return liftedFromFormat1<T>(stored);
    if (stored.format > FORMAT)
      throw new RangeError(
        `${this.place}: expected format ${FORMAT} or an earlier one, not ${stored.format}`,
      );
    if (crc32(JSON.stringify(stored.value)) !== stored.crc32) throw this.damaged();
    return stored.value as T;
  }

  /** Durable when it returns. @throws the system's error; the older document stays then */
  write(value: T): void {
    const text = JSON.stringify(value);
    const stamped = `{"format":${FORMAT},"crc32":${crc32(text)},"value":${text}}`;
    this.disk.replace(this.name, Buffer.from(stamped));
  }

  private get place(): string {
    return `${this.disk.place}/${this.name}`;
  }

  private parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.damaged(error);
    }
  }

  private damaged(cause?: unknown): SyntaxError {
    this.disk.rename(this.name, `${this.name}.damaged`);
    const kept = `it is kept as ${this.name}.damaged`;
    return new SyntaxError(`${this.place}: expected JSON as the collector wrote it; ${kept}`, { cause });
  }
}

interface Stamped {
  readonly format: number;
  readonly crc32: number;
  readonly value: unknown;
}

const isStamped = (stored: unknown): stored is Stamped =>
  typeof stored === 'object' && stored !== null && 'format' in stored && 'crc32' in stored;

/** The value stood alone, without a checksum. */
const liftedFromFormat1 = <T>(stored: unknown): T => stored as T;
