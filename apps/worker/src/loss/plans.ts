import type { Micros } from '@linepack/network';
import type { ConfigRepository } from '@linepack/store';
import { configurationOf } from './configuration';
import { LossPlanner, type AreaPlan } from './plan';

/** Closing a history asks for the start of each of its days. */
const KEPT = 70;

/** Plans of all areas as they were configured at an instant; none before a network was imported. */
export class Plans {
  private readonly made = new Map<Micros, AreaPlan[]>();

  constructor(private readonly store: Pick<ConfigRepository, 'networkAt'>) {}

  async at(instant: Micros): Promise<readonly AreaPlan[]> {
    const known = this.made.get(instant);
    if (known) return known;
    const snapshot = await this.store.networkAt(instant);
    const areas = snapshot ? new LossPlanner(configurationOf(snapshot)).areas() : [];
    if (this.made.size >= KEPT) this.made.delete([...this.made.keys()][0] as Micros);
    this.made.set(instant, areas);
    return areas;
  }

  /** Configuration changed: plans are made anew. */
  forget(): void {
    this.made.clear();
  }
}
