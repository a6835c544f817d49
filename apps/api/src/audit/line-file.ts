import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of JSON lines that is synced before an append resolves. One hand on it at a time. */
export class LineFile {
  private turn: Promise<unknown> = Promise.resolve();
  /** A line cut short by a crash has no end: the next one must not be written onto it. */
  private isCutShort = false;
  private isEmpty = true;

  constructor(readonly path: string) {}

  /** The lines of an earlier process, or none. Makes the folder. */
  read(): Promise<string[]> {
    return this.inTurn(async () => {
      await mkdir(dirname(this.path), { recursive: true });
      const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      this.isEmpty = text === '';
      this.isCutShort = !this.isEmpty && !text.endsWith('\n');
      return text.split('\n').filter((line) => line !== '');
    });
  }

  /**
   * Resolves when the lines are on the disk.
   * @param choose called when it is this append's turn, since until then some of it may have become needless
   */
  append(choose: () => readonly unknown[]): Promise<void> {
    return this.inTurn(async () => {
      const entries = choose();
      if (entries.length === 0) return;
      const lines = linesOf(entries);
      const handle = await open(this.path, 'a', 0o600);
      this.isEmpty = false;
      try {
        await handle.write(this.isCutShort ? `\n${lines}` : lines);
        this.isCutShort = false;
        await handle.sync();
      } catch (error) {
        // How much of it is there is not known.
        this.isCutShort = true;
        throw error;
      } finally {
        await handle.close();
      }
    });
  }

  /**
   * Puts these lines in the place of all that are there; a crash meanwhile leaves the old ones.
   * @param choose asked when it is this call's turn; null leaves the file as it is
   * @returns whether the file holds just the chosen lines now
   */
  replace(choose: () => readonly unknown[] | null): Promise<boolean> {
    return this.inTurn(async () => {
      const entries = choose();
      if (entries === null) return false;
      if (entries.length === 0 && this.isEmpty) return true;
      const next = `${this.path}.new`;
      await writeFile(next, linesOf(entries), { mode: 0o600, flush: true });
      await rename(next, this.path);
      this.isEmpty = entries.length === 0;
      this.isCutShort = false;
      return true;
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

const linesOf = (entries: readonly unknown[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
