import { type Signal, computed, signal } from '@angular/core';

export type LoadState = 'idle' | 'loading' | 'ready' | 'error';

/**
 * One thing read from the server, with the state of its reading. A newer reading wins over an older one that answers
 * late; a failed re-reading keeps what was there.
 */
export class Loading<T> {
  private readonly held = signal<T | undefined>(undefined);
  private readonly fault = signal<unknown>(undefined);
  private readonly running = signal(0);
  private latest = 0;

  readonly value: Signal<T | undefined> = this.held.asReadonly();
  readonly error: Signal<unknown> = this.fault.asReadonly();
  readonly busy = computed(() => this.running() > 0);
  readonly state = computed<LoadState>(() => {
    if (this.held() !== undefined) return 'ready';
    if (this.fault() !== undefined) return 'error';
    return this.running() > 0 ? 'loading' : 'idle';
  });

  async read(reader: () => Promise<T>): Promise<void> {
    const turn = ++this.latest;
    this.running.update((n) => n + 1);
    try {
      const value = await reader();
      if (turn !== this.latest) return;
      this.held.set(value);
      this.fault.set(undefined);
    } catch (fault) {
      if (turn === this.latest) this.fault.set(fault);
    } finally {
      this.running.update((n) => n - 1);
    }
  }

  clear(): void {
    this.latest++;
    this.held.set(undefined);
    this.fault.set(undefined);
  }
}
