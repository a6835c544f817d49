/** What holds single areas up. The others go on; each fault is told once, and stands until its work succeeds. */
export class AreaFaults {
  private readonly standing = new Map<string, Map<string, string>>();

  constructor(private readonly tell: (areaId: string, error: Error) => void) {}

  /**
   * One area's part of a work.
   * @returns what went wrong, for work that must not be forgotten; undefined when nothing did
   */
  async guard(work: string, areaId: string, run: () => Promise<void>): Promise<Error | undefined> {
    const faults = this.standing.get(work) ?? new Map<string, string>();
    this.standing.set(work, faults);
    try {
      await run();
      faults.delete(areaId);
      return undefined;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!this.isSaid(areaId, error.message)) this.tell(areaId, error);
      faults.set(areaId, error.message);
      return error;
    }
  }

  /** Areas that are not configured any more have no faults. */
  keepOnly(areaIds: ReadonlySet<string>): void {
    for (const faults of this.standing.values())
      for (const areaId of faults.keys()) if (!areaIds.has(areaId)) faults.delete(areaId);
  }

  /** The faults that stand, one a text, `area <id>: <fault>`. */
  list(): string[] {
    const texts = [...this.standing.values()].flatMap((faults) =>
      [...faults].map(([areaId, message]) => `area ${areaId}: ${message}`),
    );
    return [...new Set(texts)].sort();
  }

  private isSaid(areaId: string, message: string): boolean {
    return [...this.standing.values()].some((faults) => faults.get(areaId) === message);
  }
}
