import type { Disk } from '../disk/disk';

/** A JSON document on disk that is always whole: written beside and renamed. */
export class JsonFile<T> {
  constructor(
    private readonly disk: Disk,
    private readonly name: string,
  ) {}

  /** Null when there is none. @throws SyntaxError naming the file when it is not JSON */
  read(): T | null {
    const bytes = this.disk.read(this.name);
    if (bytes === null) return null;
    try {
      return JSON.parse(bytes.toString('utf8')) as T;
    } catch (error) {
      throw new SyntaxError(`${this.disk.place}: ${this.name}: expected JSON as the collector wrote it`, {
        cause: error,
      });
    }
  }

  write(value: T): void {
    this.disk.replace(this.name, Buffer.from(JSON.stringify(value)));
  }
}
