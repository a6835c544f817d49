/**
 * The disk as a part: one folder of named files, with just what the spool, the JSON documents and the file of refused
 * entries need, so that the whole chain also runs on a simulated disk that loses, fills up and fails.
 *
 * Durable means: there after a power cut. What was written is durable when `datasync` has resolved, a new, renamed or
 * removed name when `syncFolder` has. Every method may throw or reject with the system's error (`code`: `EIO`,
 * `ENOSPC`, …), and nothing is known then of how much of its work was done.
 */
export interface Disk {
  /** For messages: where this folder is. */
  readonly place: string;
  /** Names of the files, sorted. */
  list(): string[];
  /** Bytes; null when there is no such file. */
  size(name: string): number | null;
  /** The whole file; null when there is none. */
  read(name: string): Buffer | null;
  /** Cuts a file to its first `bytes`; durable with its next `datasync`. */
  truncate(name: string, bytes: number): void;
  /** Removes a file; nothing happens when there is none. */
  remove(name: string): void;
  /** Takes the other name's place, if there is one, in one step. */
  rename(from: string, to: string): void;
  /** Replaces a whole file in one step: afterwards, and after a power cut, it is the old one or the new one. Durable. */
  replace(name: string, bytes: Buffer): void;
  /** Opens a file for writing; makes an empty one when there is none. */
  open(name: string): Promise<DiskFile>;
  syncFolder(): Promise<void>;
}

/** An open file. */
export interface DiskFile {
  /** @returns how many of the bytes the disk took: fewer when it is nearly full */
  write(bytes: Buffer, at: number): Promise<number>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** A disk that took only a part and said so only in a number. */
export class ShortWriteError extends Error {
  readonly code = 'ENOSPC';
  constructor(name: string, taken: number, of: number) {
    super(`${name}: the disk took ${taken} of ${of} bytes`);
    this.name = 'ShortWriteError';
  }
}

/** Writes all of it and makes it durable. @throws ShortWriteError when the disk takes only a part */
export async function writeDurably(file: DiskFile, name: string, bytes: Buffer, at: number): Promise<void> {
  const taken = await file.write(bytes, at);
  if (taken < bytes.length) throw new ShortWriteError(name, taken, bytes.length);
  await file.datasync();
}

/** Whether there was no room: the system's code for a full disk or an exhausted quota. */
export function isNoSpace(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT';
}
