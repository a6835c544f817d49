import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import type { ConfigRepository } from '@linepack/store';
import { configurationOf } from './configuration';
import { LossPlanner, type AreaPlan } from './plan';

/** Closing a history asks for the start of each of its days. */
const KEPT = 70;
const CURRENT_FOR = 60 * MICROS_PER_SECOND;

/** Plans of all areas as they were configured at an instant; none before a network was imported. */
export class Plans {
  private latest: { readonly at: Micros; readonly areas: readonly AreaPlan[] } | undefined;
  private readonly made = new Map<Micros, AreaPlan[]>();

  constructor(private readonly store: Pick<ConfigRepository, 'networkAt'>) {}

  async at(instant: Micros): Promise<readonly AreaPlan[]> {
    const known = this.made.get(instant);
    if (known) return known;
    const areas = await this.make(instant);
    if (this.made.size >= KEPT) this.made.delete([...this.made.keys()][0] as Micros);
    this.made.set(instant, areas);
    return areas;
  }

  /** Plans of today's configuration; none, of any day, gets older than a minute even when nobody told of a change. */
  async current(now: Micros): Promise<readonly AreaPlan[]> {
    const { latest } = this;
    if (latest && now - latest.at < CURRENT_FOR && now >= latest.at) return latest.areas;
    this.made.clear();
    const areas = await this.make(now);
    this.latest = { at: now, areas };
    return areas;
  }

  /** Configuration changed: plans are made anew. */
  forget(): void {
    this.made.clear();
    this.latest = undefined;
  }

  private async make(instant: Micros): Promise<AreaPlan[]> {
    const snapshot = await this.store.networkAt(instant);
    return snapshot ? new LossPlanner(configurationOf(snapshot)).areas() : [];
  }
}
