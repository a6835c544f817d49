import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import type { ConfigRepository } from '@linepack/store';
import { configurationOf } from './configuration';
import { LossPlanner } from './loss-planner';
import type { AreaPlan, AreaPlans } from './plan';

/** Closing a history asks for the start of each of its days. */
const KEPT = 70;
const CURRENT_FOR = 60 * MICROS_PER_SECOND;

const NONE: AreaPlans = { configured: [], areas: new Map(), faults: new Map() };

/** Plans of all areas as they were configured at an instant; none before a network was imported. */
export class Plans {
  private latest: { readonly at: Micros; readonly plans: AreaPlans } | undefined;
  private readonly made = new Map<Micros, AreaPlans>();

  constructor(private readonly store: Pick<ConfigRepository, 'networkAt'>) {}

  async at(instant: Micros): Promise<AreaPlans> {
    const known = this.made.get(instant);
    if (known) return known;
    const plans = await this.make(instant);
    if (this.made.size >= KEPT) this.made.delete([...this.made.keys()][0] as Micros);
    this.made.set(instant, plans);
    return plans;
  }

  /**
   * An area's plan at an instant; undefined when it was not configured then.
   * @throws the fault of an area that was configured and does not fit together
   */
  async of(areaId: string, instant: Micros): Promise<AreaPlan | undefined> {
    const { areas, faults } = await this.at(instant);
    const fault = faults.get(areaId);
    if (fault) throw fault;
    return areas.get(areaId);
  }

  /** Plans of today's configuration; none, of any day, gets older than a minute even when nobody told of a change. */
  async current(now: Micros): Promise<AreaPlans> {
    const { latest } = this;
    if (latest && now - latest.at < CURRENT_FOR && now >= latest.at) return latest.plans;
    this.made.clear();
    const plans = await this.make(now);
    this.latest = { at: now, plans };
    return plans;
  }

  /** Configuration changed: plans are made anew. */
  forget(): void {
    this.made.clear();
    this.latest = undefined;
  }

  private async make(instant: Micros): Promise<AreaPlans> {
    const snapshot = await this.store.networkAt(instant);
    return snapshot ? new LossPlanner(configurationOf(snapshot)).plans() : NONE;
  }
}
