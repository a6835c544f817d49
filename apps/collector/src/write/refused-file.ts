import { writeDurably, type Disk } from '../disk/disk';

/** Entries that the database refuses for what they are: one JSON document a line, `{"error": …, "entry": …}`. */
export class RefusedFile {
  constructor(
    private readonly disk: Disk,
    private readonly name: string,
  ) {}

  get place(): string {
    return `${this.disk.place}/${this.name}`;
  }

  /** Resolves when it is durable. */
  async append(entries: readonly unknown[], error: string): Promise<void> {
    const lines = entries.map((entry) => `${JSON.stringify({ error, entry })}\n`).join('');
    const file = await this.disk.open(this.name);
    try {
      await writeDurably(file, this.name, Buffer.from(lines), this.disk.size(this.name) ?? 0);
      await this.disk.syncFolder();
    } finally {
      await file.close();
    }
  }
}
