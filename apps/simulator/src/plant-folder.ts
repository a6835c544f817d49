import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DayTruth, PlantRecord, PlantState } from '@linepack/simulation';

/**
 * The simulator's files: `plant.json` (the record history is computed from), `state.json` (the plant a few seconds
 * ago), `truth.json` (closed gas days). Each is replaced whole, so that whoever reads never sees half of one.
 */
export class PlantFolder {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {}

  /** @throws Error naming the file when it is there but cannot be read */
  async load(): Promise<{ record: PlantRecord; state: PlantState; days: DayTruth[] } | null> {
    const record = await this.read<PlantRecord>('plant.json');
    const state = await this.read<PlantState>('state.json');
    if (!record || !state) return null;
    if (record.version !== 1)
      throw new Error(`${join(this.folder, 'plant.json')}: version ${String(record.version)}: expected 1`);
    return { record, state, days: (await this.read<DayTruth[]>('truth.json')) ?? [] };
  }

  saveRecord(record: PlantRecord): Promise<void> {
    return this.replace('plant.json', record);
  }

  saveState(state: PlantState): Promise<void> {
    return this.replace('state.json', state);
  }

  saveTruth(days: readonly DayTruth[]): Promise<void> {
    return this.replace('truth.json', days);
  }

  private async read<T>(file: string): Promise<T | null> {
    const path = join(this.folder, file);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return null;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new Error(
        `${path}: expected JSON: ${(error as Error).message}; delete the folder to begin a new plant`,
        {
          cause: error,
        },
      );
    }
  }

  /** Writes one after the other: two writes of one file must not meet in its temporary file. */
  private replace(file: string, content: unknown): Promise<void> {
    const path = join(this.folder, file);
    const text = JSON.stringify(content);
    const write = async () => {
      await mkdir(this.folder, { recursive: true });
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    };
    const done = this.last.then(write, write);
    this.last = done;
    return done;
  }
}
