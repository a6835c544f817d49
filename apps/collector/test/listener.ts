import type { Micros, TagId } from '@linepack/network';
import pino from 'pino';
import type { Received, SourceSink } from '../src/acquisition/source';

/** Keeps what a source tells. Everything is durable at once, unless `durably` says otherwise. */
export class Listener implements SourceSink {
  readonly told: string[] = [];
  readonly received: Received[] = [];
  heardAll = 0;
  private readonly heardTags = new Map<TagId, number>();

  constructor(private readonly durably: (patienceMs: number) => Promise<unknown> = () => Promise.resolve()) {}

  values(received: readonly Received[], patienceMs: number): { durably: Promise<unknown> } {
    this.received.push(...received);
    return { durably: this.durably(patienceMs) };
  }
  heard(_at: Micros, tagIds: readonly TagId[] | 'all'): void {
    if (tagIds === 'all') this.heardAll += 1;
    else for (const id of tagIds) this.heardTags.set(id, this.heardOf(id) + 1);
  }
  connected(): void {
    this.told.push('connected');
  }
  lost(reason: string): void {
    this.told.push(`lost: ${reason}`);
  }
  stopped(): void {
    this.told.push('stopped');
  }

  of(tagId: number): Received[] {
    return this.received.filter((r) => r.tagId === tagId);
  }
  last(tagId: number): Received | undefined {
    return this.received.findLast((r) => r.tagId === tagId);
  }
  heardOf(tagId: number): number {
    return this.heardTags.get(tagId as TagId) ?? 0;
  }
}

const lines: string[] = [];
/** A log that keeps what was said, as `warn: message`. */
export const said = {
  lines,
  log: pino(
    { level: 'info' },
    {
      write: (line: string) => {
        const { level, msg } = JSON.parse(line) as { level: number; msg: string };
        lines.push(`${pino.levels.labels[level]}: ${msg}`);
        if (process.env['TEST_LOG']) process.stderr.write(`${msg}\n`);
      },
    },
  ),
};
