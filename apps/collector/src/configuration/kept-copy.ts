import type { Log } from '../log';
import type { JsonFile } from './json-file';

/**
 * A copy on disk that is kept as well as the disk allows: one that cannot be written is said once, and the older one
 * stays. Whoever keeps it goes on: nothing of now depends on it.
 */
export class KeptCopy<T> {
  private failing = false;

  constructor(
    private readonly document: Pick<JsonFile<T>, 'read' | 'write'>,
    private readonly what: string,
    private readonly log: Log,
  ) {}

  /** Null when there is none that can be read. */
  read(): T | null {
    try {
      return this.document.read();
    } catch (error) {
      this.log.error(`${this.what}: ${(error as Error).message}`);
      return null;
    }
  }

  /** @returns whether it is on disk */
  write(value: T): boolean {
    try {
      this.document.write(value);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.error(`${this.what}: ${(error as Error).message}`);
      this.failing = true;
    }
    return !this.failing;
  }
}
