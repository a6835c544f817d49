import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { Health, type HistoryProgress, type LossArea, type LossCell, LossDays } from '@linepack/contracts';
import { gasDayAt, shiftDay } from '@linepack/console-ui';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { Loading } from '../core/loading';
import { PlantStore } from '../live/plant.store';

/** The running day and the 45 before it. */
export const DAYS_BACK = 45;
const SETTLE_MS = 800;

/** Loss of every area and day the pages show, read again whenever the worker has computed something. */
@Injectable({ providedIn: 'root' })
export class LossStore {
  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly plant = inject(PlantStore);
  private readonly link = inject(Link);
  private readonly reading = new Loading<LossDays>();
  private readonly kept = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly state = this.reading.state;
  readonly error = this.reading.error;
  readonly progress = signal<HistoryProgress | null>(null);
  readonly today = computed(() => {
    const network = this.plant.network();
    return network ? gasDayAt(this.clock.now(), network.gasDay.start, network.gasDay.timeZone) : null;
  });
  /** Newest first. */
  readonly days = computed(() => {
    const today = this.today();
    return today === null ? [] : Array.from({ length: DAYS_BACK + 1 }, (_, i) => shiftDay(today, -i));
  });
  readonly areas = computed<readonly LossArea[]>(() => this.reading.value()?.areas ?? []);
  private readonly byKey = computed(
    () => new Map((this.reading.value()?.cells ?? []).map((c) => [`${c.areaId} ${c.gasDay}`, c])),
  );

  constructor() {
    effect(() => {
      if (!this.kept() || this.today() === null) return;
      untracked(() => this.readSoon());
    });
    this.link.lossUpdated.subscribe(() => this.readSoon());
    this.link.joined.subscribe(() => this.readSoon());
    this.link.configurationChanged.subscribe(() => this.readSoon());
    this.link.status.subscribe((parts) => this.follow(parts));
  }

  /** Begins to keep the figures up to date; a page that shows them calls it. */
  keep(): void {
    if (untracked(this.kept)) return;
    this.kept.set(true);
    // The socket tells of changes only: where the history stands now is asked once. 503 carries the same document.
    void this.api.get('/api/health', Health).then(
      (health) => this.follow(health.parts),
      (fault: unknown) => console.info(`history's progress: ${String(fault)}`),
    );
  }

  cell = (areaId: string, gasDay: string): LossCell | null => this.byKey().get(`${areaId} ${gasDay}`) ?? null;

  readSoon(): void {
    if (!untracked(this.kept)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), this.state() === 'ready' ? SETTLE_MS : 0);
  }

  private async read(): Promise<void> {
    const days = this.days();
    const to = days[0];
    const from = days.at(-1);
    if (!to || !from) return;
    await this.reading.read(() => this.api.get('/api/loss/days', LossDays, { from, to }));
  }

  private follow(parts: readonly { history?: HistoryProgress | undefined }[]): void {
    const history = parts.find((p) => p.history)?.history;
    if (history) this.progress.set(history);
  }
}
