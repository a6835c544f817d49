import type { TagId } from '@linepack/network';

/**
 * Which monitored items still owe their first value: every one has to be told once, whatever its value is (OPC 10000-4,
 * 5.13.1.2). Time is counted in ticks and not by a clock, so that a process that stood still accuses nobody: of all the
 * time it slept it sees one tick.
 */
export class FirstValues {
  /** Ticks that passed since the item was made. */
  private readonly awaited = new Map<TagId, number>();
  private readonly overdue = new Set<TagId>();
  private readonly told = new Set<TagId>();

  /** `patienceTicks` whole ticks may pass. */
  constructor(private readonly patienceTicks: number) {}

  /** The server made the items. Their values may have come before its answer. */
  asked(tagIds: readonly TagId[]): void {
    for (const id of tagIds) if (!this.told.has(id)) this.awaited.set(id, 0);
  }

  /** A value came. */
  came(tagId: TagId): 'first' | 'overdue first' | 'later' {
    if (this.told.has(tagId)) return 'later';
    this.told.add(tagId);
    this.awaited.delete(tagId);
    return this.overdue.delete(tagId) ? 'overdue first' : 'first';
  }

  left(tagId: TagId): void {
    this.awaited.delete(tagId);
    this.overdue.delete(tagId);
    this.told.delete(tagId);
  }

  /** @returns what became overdue with this tick */
  tick(): TagId[] {
    const late: TagId[] = [];
    for (const [id, ticks] of this.awaited) {
      if (ticks < this.patienceTicks) this.awaited.set(id, ticks + 1);
      else late.push(id);
    }
    for (const id of late) {
      this.awaited.delete(id);
      this.overdue.add(id);
    }
    return late;
  }

  /** Those that never got a value, though their time is over. */
  get missing(): readonly TagId[] {
    return [...this.overdue];
  }

  /** Those that got one. */
  get known(): readonly TagId[] {
    return [...this.told];
  }

  /** Whether every item has its first value. */
  get complete(): boolean {
    return this.awaited.size + this.overdue.size === 0;
  }

  /** Whether it is known of every item whether it has its first value: none may still be on its way. */
  get decided(): boolean {
    return this.awaited.size === 0;
  }

  /** Whether no item has any value, and none may still be on its way. */
  get hopeless(): boolean {
    return this.told.size + this.awaited.size === 0 && this.overdue.size > 0;
  }
}
