import type { Unwritten } from './unwritten';

/**
 * Journal entries and states that were put and are not durable yet, oldest first. With those in the spool they are all
 * that the database may not have: whoever takes a partition up again must know them.
 */
export class OnItsWay {
  private readonly underWay = new Set<readonly Unwritten[]>();

  /** @returns the same promise: what is put stands here until it has settled */
  follow<T>(put: readonly Unwritten[], durable: Promise<T>): Promise<T> {
    this.underWay.add(put);
    return durable.finally(() => this.underWay.delete(put));
  }

  all(): Unwritten[] {
    return [...this.underWay].flat();
  }
}
