import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disk, DiskFile } from './disk';

/** A folder on this computer's own disk. */
export class NodeDisk implements Disk {
  /** Makes the folder where there is none. @throws the system's error when it cannot be had */
  constructor(readonly place: string) {
    mkdirSync(place, { recursive: true });
  }

  list(): string[] {
    return readdirSync(this.place, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  }

  size(name: string): number | null {
    return statSync(this.path(name), { throwIfNoEntry: false })?.size ?? null;
  }

  read(name: string): Buffer | null {
    try {
      return readFileSync(this.path(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  truncate(name: string, bytes: number): void {
    truncateSync(this.path(name), bytes);
  }

  remove(name: string): void {
    rmSync(this.path(name), { force: true });
  }

  rename(from: string, to: string): void {
    renameSync(this.path(from), this.path(to));
  }

  replace(name: string, bytes: Buffer): void {
    const beside = `${name}.new`;
    writeFileSync(this.path(beside), bytes, { mode: 0o600, flush: true });
    this.rename(beside, name);
    const folder = openSync(this.place, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  async open(name: string): Promise<DiskFile> {
    const handle = await open(this.path(name), constants.O_WRONLY | constants.O_CREAT, 0o600);
    return {
      write: async (bytes, at) => (await handle.write(bytes, 0, bytes.length, at)).bytesWritten,
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    };
  }

  async syncFolder(): Promise<void> {
    const handle = await open(this.place, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private path(name: string): string {
    return join(this.place, name);
  }
}
