import type { AlarmRepository } from '@linepack/store';
import { elapsedMs, momentOf, type Moment } from '../elapsed';
import type { Time } from '../time';

/** Partitions with alarms that somebody has still to see to are looked for this often. */
const OPEN_MS = 30_000;

/**
 * The partitions that need an owner: all that are configured, and those configured no more in which somebody has still to
 * see to an alarm.
 */
export class WantedPartitions {
  private configured: readonly string[] = [];
  private open: readonly string[] = [];
  private openAt: Moment | null = null;

  constructor(
    private readonly alarms: Pick<AlarmRepository, 'openPartitions'>,
    private readonly time: Time,
  ) {}

  configure(partitions: readonly string[]): void {
    this.configured = partitions;
    this.openAt = null;
  }

  areConfigured(): boolean {
    return this.configured.length > 0;
  }

  isConfigured(partition: string): boolean {
    return this.configured.includes(partition);
  }

  /** @param ask how the database is asked: it may take only so long */
  async all(ask: <T>(question: Promise<T>) => Promise<T>): Promise<readonly string[]> {
    if (this.openAt === null || elapsedMs(this.openAt, this.time) > OPEN_MS) {
      this.open = await ask(this.alarms.openPartitions());
      this.openAt = momentOf(this.time);
    }
    return [...new Set([...this.configured, ...this.open])];
  }
}
