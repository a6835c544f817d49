import type { ScenarioTargets } from '../scenarios';
import { DEMO_TAGS } from './instrument-panel';
import { DEMO_PLANT } from './plant';
import { DEMO_STATIONS } from './stations';

/** Everything a scenario of the demo city may name. */
export const DEMO_TARGETS: ScenarioTargets = {
  pipes: [...DEMO_PLANT.pipes, ...DEMO_PLANT.mains].map((x) => x.id),
  meters: DEMO_PLANT.meters.map((m) => m.id),
  stations: DEMO_STATIONS.map((s) => s.id),
  tags: DEMO_TAGS.map((t) => t.key),
  servers: [...new Set(DEMO_STATIONS.map((s) => s.server))],
};
