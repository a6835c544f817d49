import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A JSON document on disk that is always whole: written beside and renamed. */
export class JsonFile<T> {
  constructor(private readonly path: string) {}

  /** Null when there is none. @throws SyntaxError naming the file when it is not JSON */
  read(): T | null {
    if (!existsSync(this.path)) return null;
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as T;
    } catch (error) {
      throw new SyntaxError(`${this.path}: expected JSON as the collector wrote it`, { cause: error });
    }
  }

  write(value: T): void {
    const beside = `${this.path}.new`;
    writeFileSync(beside, JSON.stringify(value), { mode: 0o600, flush: true });
    renameSync(beside, this.path);
  }
}
