import { readFile } from 'node:fs/promises';
import type { PlantRecord } from '@linepack/simulation';

/**
 * The demo plant's record, as the simulator left it; null while it has not.
 * @throws Error naming the file when it cannot be read or is of another version
 */
export async function readPlantRecord(file: string): Promise<PlantRecord | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const record = JSON.parse(text) as PlantRecord;
  if (record.version !== 1) throw new Error(`${file}: version ${String(record.version)}: expected 1`);
  return record;
}
