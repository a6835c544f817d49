import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Who holds a folder: a process is named by its id and its start, since ids are used again. */
export interface LockHolder {
  readonly pid: number;
  /** What the system says about the process's start; empty where it cannot be learnt. */
  readonly started: string;
  /** Free words of the holder, for instance the address under which it answers. */
  readonly note: string;
}

export interface FolderLock {
  /** Replaces the holder's note. */
  describe(note: string): void;
  /** Gives the folder back; harmless when called twice. */
  release(): void;
}

/** The folder is in use by a living process. */
export class FolderHeldError extends Error {
  override readonly name = 'FolderHeldError';
  readonly code = 'folder-held';
  readonly holder: LockHolder;

  constructor(file: string, holder: LockHolder) {
    super(`${dirname(file)} is in use by process ${holder.pid}${holder.note ? ` (${holder.note})` : ''}`);
    this.holder = holder;
  }
}

// Not instanceof: errors of the system come from outside a test's realm.
const bySystem = (error: unknown, code: string): boolean =>
  (error as { code?: unknown } | undefined)?.code === code;

/** When the process started, in the system's own words; undefined when there is no such process. */
const startOf = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (!bySystem(error, 'EPERM')) return undefined;
  }
  if (process.platform === 'win32') return '';
  try {
    if (process.platform === 'linux') {
      // proc(5): after the name in parentheses come state (3rd field) … starttime (22nd), in ticks since boot.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return undefined;
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot} ${fields[19]}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch (error) {
    if (bySystem(error, 'ENOENT') || bySystem(error, 'ESRCH')) return undefined;
    return '';
  }
};

const isAlive = (holder: LockHolder): boolean => {
  const started = startOf(holder.pid);
  if (started === undefined) return false;
  return started === '' || holder.started === '' || started === holder.started;
};

const readHolder = (file: string): LockHolder | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (bySystem(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { pid, started, note } = JSON.parse(text) as Record<string, unknown>;
    if (Number.isSafeInteger(pid)) {
      return { pid: pid as number, started: String(started ?? ''), note: String(note ?? '') };
    }
  } catch (error) {
    if ((error as Error).name !== 'SyntaxError') throw error;
  }
  // The lock is linked into place complete, so a torn one is the work of a crashed disk: nobody holds it.
  return { pid: -1, started: '', note: '' };
};

/** Links the content into place: all of it at once, and only when nothing is there. */
const placeLock = (file: string, content: string): boolean => {
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (bySystem(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

const maxTakeovers = 8;

/**
 * Takes the lock; a dead holder's lock is replaced under a second lock beside it, so that of two processes that
 * both found the holder dead only one goes on. That second lock is judged in the same way.
 */
const takeLock = (file: string, content: string, depth: number): void => {
  if (placeLock(file, content)) return;
  const holder = readHolder(file);
  if (holder && (isAlive(holder) || depth >= maxTakeovers)) throw new FolderHeldError(file, holder);
  const successor = `${file}.next`;
  takeLock(successor, content, depth + 1);
  const now = readHolder(file);
  if (now && isAlive(now)) {
    rmSync(successor, { force: true });
    throw new FolderHeldError(file, now);
  }
  renameSync(successor, file);
};

/**
 * Locks a folder for this process by a file in it. The lock ends with `release` or with the process: after a
 * `kill -9` the next one takes it over, because the recorded process id and start are checked for life.
 * It does not see processes in another process namespace (two containers on one volume).
 *
 * @param file the lock file; its folder is made when it is not there
 * @param note words for whoever finds the folder held
 * @throws FolderHeldError when a living process holds it, this one included
 */
export function lockFolder(file: string, note = ''): FolderLock {
  mkdirSync(dirname(file), { recursive: true });
  const contentOf = (words: string): string =>
    JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? '', note: words });
  takeLock(file, contentOf(note), 0);
  let held = true;
  return {
    describe(words) {
      if (!held) return;
      const draft = `${file}.${process.pid}.${randomUUID()}`;
      writeFileSync(draft, contentOf(words));
      renameSync(draft, file);
    },
    release() {
      if (!held) return;
      held = false;
      rmSync(file, { force: true });
    },
  };
}
