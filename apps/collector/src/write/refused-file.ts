import { writeDurably, type Disk } from '../disk/disk';

/** At this size the file is put beside, in place of the one before. Bytes. */
const MOST_BYTES = 64 << 20;

/**
 * Rows that the database refuses for what they are, for a person to look at: one JSON document a line,
 * `{"format": 2, "cause": …, "error": …, "entry": …}`; up to format 1 there was neither format nor cause. After a crash
 * a row may stand there twice.
 */
export class RefusedFile {
  constructor(
    private readonly disk: Disk,
    private readonly name: string,
  ) {}

  get place(): string {
    return `${this.disk.place}/${this.name}`;
  }

  /** Resolves when it is durable. @throws the system's error */
  async append(entry: unknown, cause: string, error: string): Promise<void> {
    if ((this.disk.size(this.name) ?? 0) >= MOST_BYTES) this.disk.rename(this.name, `${this.name}.old`);
    const at = this.disk.size(this.name) ?? 0;
    // Begins on a line of its own: what a crash cut short may stand before it.
    const line = `${at > 0 ? '\n' : ''}${JSON.stringify({ format: 2, cause, error, entry })}`;
    const file = await this.disk.open(this.name);
    try {
      await writeDurably(file, this.name, Buffer.from(line), at);
      await this.disk.syncFolder();
    } finally {
      await file.close();
    }
  }
}
