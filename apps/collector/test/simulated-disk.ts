import type { Disk, DiskFile } from '../src/disk/disk';

export type DiskOperation =
  | 'list'
  | 'read'
  | 'write'
  | 'datasync'
  | 'truncate'
  | 'remove'
  | 'rename'
  | 'replace'
  | 'open'
  | 'syncFolder';

export interface MediumOptions {
  /** Uniform in [0, 1): decides what a power cut takes and which bit flips. */
  readonly random: () => number;
  /** Bytes that all files together may take. */
  readonly capacityBytes?: number;
  /** Waited for before and after every operation that waits: where a simulation lets time pass, and kills. */
  readonly pause?: (operation: DiskOperation) => Promise<void>;
}

export interface Failure {
  readonly operation: DiskOperation;
  /** Only for files whose name this fits. */
  readonly name?: RegExp;
  /** How often; for ever when not given. */
  readonly times?: number;
  readonly code?: 'EIO' | 'ENOSPC' | 'EACCES';
}

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'size'; readonly bytes: number };
type Renaming = { readonly name: string; readonly inode: Inode | null }[];

/** What a disk tears: a write reaches the platter sector by sector, in any order. Bytes. */
const SECTOR = 512;

/**
 * A disk in memory, with the promises of a real one and no more. A power cut takes what was not synced: of the changes
 * to a file any subset, torn by sectors; of the changes to a folder the last few. A sync that fails has written what it
 * liked and forgets the rest, as Linux does: the next sync does not try again. Whoever had the disk open when the power
 * went or the process was killed never hears of it again.
 */
export class SimulatedMedium {
  private readonly folders = new Map<string, Folder>();
  private failures: { failure: Failure; left: number }[] = [];
  private life = 0;
  capacityBytes: number;

  constructor(private readonly options: MediumOptions) {
    this.capacityBytes = options.capacityBytes ?? Infinity;
  }

  /** A folder as the process that runs now sees it. */
  mount(name: string): Disk {
    const folder = this.folders.get(name) ?? new Folder();
    this.folders.set(name, folder);
    const life = this.life;
    return new SimulatedDisk(name, folder, this, () => life === this.life);
  }

  /** The process is gone; what it wrote stays, synced or not. */
  kill(): void {
    this.life += 1;
  }

  /** Process and power are gone. */
  powerCut(): void {
    this.life += 1;
    for (const folder of this.folders.values()) folder.lose(this.options.random);
  }

  fail(failure: Failure): void {
    this.failures.push({ failure, left: failure.times ?? Infinity });
  }

  /** Ends every failure. */
  heal(): void {
    this.failures = [];
  }

  /** Flips one bit of a file, on the platter and in memory. @returns the byte's position */
  flip(folder: string, name: string, at?: number): number {
    const inode = this.folders.get(folder)?.names.get(name);
    if (!inode || inode.cached.length === 0) throw new Error(`${folder}/${name}: nothing to flip there`);
    const position = at ?? Math.floor(this.options.random() * inode.cached.length);
    const bit = 1 << Math.floor(this.options.random() * 8);
    for (const bytes of [inode.cached, inode.durable])
      if (position < bytes.length) bytes[position] = (bytes[position] as number) ^ bit;
    return position;
  }

  usedBytes(): number {
    let used = 0;
    for (const folder of this.folders.values())
      for (const inode of folder.names.values()) used += inode.cached.length;
    return used;
  }

  /** @throws the error that was asked for */
  check(operation: DiskOperation, name: string): void {
    const due = this.failures.find(
      ({ failure, left }) =>
        left > 0 && failure.operation === operation && (failure.name?.test(name) ?? true),
    );
    if (!due) return;
    due.left -= 1;
    throw systemError(due.failure.code ?? 'EIO', operation, name);
  }

  async pause(operation: DiskOperation): Promise<void> {
    await (this.options.pause?.(operation) ?? Promise.resolve());
  }

  get random(): () => number {
    return this.options.random;
  }
}

const systemError = (code: string, operation: string, name: string): Error =>
  Object.assign(new Error(`${code}: ${operation} '${name}'`), { code });

class Inode {
  cached = Buffer.alloc(0);
  durable = Buffer.alloc(0);
  private pending: Change[] = [];

  change(change: Change): void {
    this.cached = changed(this.cached, change);
    this.pending.push(change);
  }

  sync(): void {
    for (const change of this.pending) this.durable = changed(this.durable, change);
    this.pending = [];
  }

  /** Of what was not synced any part reaches the platter, the rest is forgotten; what is cached stays. */
  syncPartly(random: () => number): void {
    for (const change of this.pending)
      if (change.kind === 'size')
        this.durable = random() < 0.5 ? changed(this.durable, change) : this.durable;
      else
        for (let from = 0; from < change.bytes.length; from += SECTOR) {
          const bytes = change.bytes.subarray(from, from + SECTOR);
          if (random() < 0.5)
            this.durable = changed(this.durable, { kind: 'write', at: change.at + from, bytes });
        }
    this.pending = [];
  }

  lose(random: () => number): void {
    this.syncPartly(random);
    this.cached = Buffer.from(this.durable);
  }
}

function changed(before: Buffer, change: Change): Buffer<ArrayBuffer> {
  const end = change.kind === 'size' ? change.bytes : change.at + change.bytes.length;
  const after = Buffer.alloc(change.kind === 'size' ? end : Math.max(before.length, end));
  before.copy(after);
  if (change.kind === 'write') change.bytes.copy(after, change.at);
  return after;
}

class Folder {
  names = new Map<string, Inode>();
  private durable = new Map<string, Inode>();
  private pending: Renaming[] = [];

  change(renaming: Renaming): void {
    apply(this.names, renaming);
    this.pending.push(renaming);
  }

  sync(): void {
    for (const renaming of this.pending) apply(this.durable, renaming);
    this.pending = [];
  }

  lose(random: () => number): void {
    const kept = Math.floor(random() * (this.pending.length + 1));
    for (const renaming of this.pending.slice(0, kept)) apply(this.durable, renaming);
    this.pending = [];
    this.names = new Map(this.durable);
    for (const inode of this.names.values()) inode.lose(random);
  }
}

function apply(names: Map<string, Inode>, renaming: Renaming): void {
  for (const { name, inode } of renaming)
    if (inode) names.set(name, inode);
    else names.delete(name);
}

class SimulatedDisk implements Disk {
  constructor(
    readonly place: string,
    private readonly folder: Folder,
    private readonly medium: SimulatedMedium,
    private readonly lives: () => boolean,
  ) {}

  list(): string[] {
    return this.now('list', '', [], () => [...this.folder.names.keys()].sort());
  }

  size(name: string): number | null {
    return this.now('list', name, null, () => this.folder.names.get(name)?.cached.length ?? null);
  }

  read(name: string): Buffer | null {
    return this.now('read', name, null, () => {
      const inode = this.folder.names.get(name);
      return inode ? Buffer.from(inode.cached) : null;
    });
  }

  truncate(name: string, bytes: number): void {
    this.now('truncate', name, undefined, () => this.inode(name).change({ kind: 'size', bytes }));
  }

  remove(name: string): void {
    this.now('remove', name, undefined, () => {
      if (this.folder.names.has(name)) this.folder.change([{ name, inode: null }]);
    });
  }

  rename(from: string, to: string): void {
    this.now('rename', from, undefined, () => this.move(from, to));
  }

  replace(name: string, bytes: Buffer): void {
    const beside = `${name}.new`;
    this.now('replace', name, undefined, () => {
      this.folder.change([{ name: beside, inode: null }]);
      const inode = new Inode();
      this.folder.change([{ name: beside, inode }]);
      if (this.take(inode, bytes, 0) < bytes.length) throw systemError('ENOSPC', 'replace', name);
      inode.sync();
      this.move(beside, name);
      this.folder.sync();
    });
  }

  open(name: string): Promise<DiskFile> {
    return this.later('open', name, () => {
      const inode = this.folder.names.get(name) ?? new Inode();
      if (!this.folder.names.has(name)) this.folder.change([{ name, inode }]);
      return {
        write: (bytes, at) => this.later('write', name, () => this.take(inode, Buffer.from(bytes), at)),
        datasync: () =>
          this.later(
            'datasync',
            name,
            () => inode.sync(),
            () => inode.syncPartly(this.medium.random),
          ),
        close: () => Promise.resolve(),
      };
    });
  }

  syncFolder(): Promise<void> {
    return this.later('syncFolder', '', () => this.folder.sync());
  }

  /** @returns how many bytes there was room for */
  private take(inode: Inode, bytes: Buffer, at: number): number {
    const free = this.medium.capacityBytes - this.medium.usedBytes() + Math.max(0, inode.cached.length - at);
    const taken = Math.max(0, Math.min(bytes.length, free));
    if (taken === 0 && bytes.length > 0) throw systemError('ENOSPC', 'write', this.place);
    inode.change({ kind: 'write', at, bytes: bytes.subarray(0, taken) });
    return taken;
  }

  private move(from: string, to: string): void {
    const inode = this.inode(from);
    this.folder.change([
      { name: from, inode: null },
      { name: to, inode },
    ]);
  }

  private inode(name: string): Inode {
    const inode = this.folder.names.get(name);
    if (!inode) throw systemError('ENOENT', 'open', name);
    return inode;
  }

  /** The dead neither change nor see anything. */
  private now<T>(operation: DiskOperation, name: string, dead: T, work: () => T): T {
    if (!this.lives()) return dead;
    this.medium.check(operation, name);
    return work();
  }

  private async later<T>(
    operation: DiskOperation,
    name: string,
    work: () => T,
    failed?: () => void,
  ): Promise<T> {
    await this.medium.pause(operation);
    if (!this.lives()) return never();
    try {
      this.medium.check(operation, name);
    } catch (error) {
      failed?.();
      throw error;
    }
    const result = work();
    await this.medium.pause(operation);
    return this.lives() ? result : never();
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
