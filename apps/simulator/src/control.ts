import { DEMO_TARGETS, isActive, ScenarioError, SCENARIOS } from '@linepack/simulation';
import type { Answer, Route } from './http';
import type { LivePlant } from './live-plant';

/** What the control needs of the running simulator. */
export interface Controlled {
  readonly plant: LivePlant;
  /** Lets the servers follow the scenarios as they are now. */
  follow(): Promise<void>;
}

interface Wanted {
  readonly name: string;
  readonly parameters: Record<string, string>;
}

function wanted(body: unknown): Wanted {
  const { name, parameters } = (body ?? {}) as { name?: unknown; parameters?: unknown };
  if (typeof name !== 'string')
    throw new ScenarioError(`name: expected one of ${Object.keys(SCENARIOS).join(', ')}`);
  const given = Object.entries((parameters ?? {}) as Record<string, unknown>);
  return { name, parameters: Object.fromEntries(given.map(([k, v]) => [k, String(v)])) };
}

/**
 * `GET /scenarios`, `POST /scenarios {name, parameters}`, `DELETE /scenarios/:id`, `GET /truth`.
 * Faults answer 400 with `{ error }` naming the field and what was expected.
 */
export function controlRoutes({ plant, follow }: Controlled): Route {
  const list = (): Answer => ({
    status: 200,
    body: {
      available: SCENARIOS,
      targets: DEMO_TARGETS,
      running: plant.scenarios.filter((s) => s.toMs === null || isActive(s, plant.timeMs)),
      ended: plant.scenarios.filter((s) => s.toMs !== null && !isActive(s, plant.timeMs)),
    },
  });
  return async ({ method, path, body }) => {
    if (path === '/scenarios' && method === 'GET') return list();
    if (path === '/scenarios' && method === 'POST') {
      const { name, parameters } = wanted(body);
      const started = await plant.start(name, parameters);
      await follow();
      return { status: 201, body: started };
    }
    if (path.startsWith('/scenarios/') && method === 'DELETE') {
      const ended = await plant.stop(decodeURIComponent(path.slice('/scenarios/'.length)));
      await follow();
      return { status: 200, body: ended };
    }
    if (path === '/truth' && method === 'GET')
      return { status: 200, body: { days: plant.truth(), scenarios: plant.scenarios } };
    return {
      status: 404,
      body: { error: 'expected GET or POST /scenarios, DELETE /scenarios/<id>, GET /truth' },
    };
  };
}
