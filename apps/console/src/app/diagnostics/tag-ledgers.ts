import { Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { LEDGER_ORDERS, type LedgerOrder, type TagLedger, TagLedgers } from '@linepack/contracts';
import { State, Words, formatClock, formatNumber } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Loading } from '../core/loading';
import { PlantStore } from '../live/plant.store';
import { reasonsText } from './ledger-rows';

const COLUMNS = [
  'received',
  'stored',
  'unchanged',
  'duplicate',
  'history',
  'refused',
  'discarded',
  'open',
] as const;

const sum = (reasons: Record<string, number>): number =>
  Object.values(reasons).reduce((total, n) => total + n, 0);

/** What became of the words of the worst tags, or of one; asked of the collectors when somebody wants to know. */
@Component({
  selector: 'lp-tag-ledgers',
  imports: [FormsModule, State],
  templateUrl: './tag-ledgers.html',
  styles: `
    form {
      display: flex;
      flex-wrap: wrap;
      gap: var(--gap-2);
      align-items: center;
      padding: 0 14px 10px;
    }
  `,
})
export class LedgerOfTags {
  private readonly words = inject(Words);
  private readonly plant = inject(PlantStore);
  protected readonly api = inject(Api);
  protected readonly t = this.words.t;
  protected readonly orders = LEDGER_ORDERS;
  protected readonly columns = COLUMNS;
  protected readonly worstBy = signal<LedgerOrder>('refused');
  protected readonly key = signal('');
  /** A key was typed that no tag has. */
  protected readonly unknown = signal(false);
  protected readonly reading = new Loading<TagLedgers>();
  protected readonly asOf = computed(() => {
    const at = this.reading.value()?.at;
    return at === undefined ? '' : formatClock(at, this.plant.zone());
  });
  protected readonly rows = computed(() =>
    (this.reading.value()?.lines ?? []).map((line) => {
      const tag = this.plant.tag(line.tagId);
      const refused = sum(line.refused);
      const discarded = sum(line.discarded);
      const causes = [...Object.entries(line.refused), ...Object.entries(line.discarded)];
      return {
        tagId: line.tagId,
        name: tag ? `${this.words.name(tag.name)} · ${tag.key}` : String(line.tagId),
        figures: figuresOf(line, refused, discarded),
        reasons: reasonsText(this.words, causes),
      };
    }),
  );

  constructor() {
    void this.read();
  }

  protected read(): Promise<void> {
    const key = this.key().trim();
    const tag = this.plant.tags().find((one) => one.key === key)?.tagId;
    this.unknown.set(key !== '' && tag === undefined);
    if (this.unknown()) return Promise.resolve();
    const query = tag === undefined ? { worstBy: this.worstBy() } : { tag };
    return this.reading.read(() => this.api.get('/api/diagnostics/tags', TagLedgers, query));
  }

  protected figure(n: number): string {
    return formatNumber(n, 0);
  }
}

const figuresOf = (line: TagLedger, refused: number, discarded: number) => ({ ...line, refused, discarded });
