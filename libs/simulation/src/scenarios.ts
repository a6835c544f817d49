/** A change for the worse that a trainer can start and end. Scenarios are data: a recorded past keeps its own. */
export type Effect =
  | { readonly name: 'leak'; readonly pipe: string; readonly sizeMm: number }
  | { readonly name: 'meter-bias'; readonly meter: string; readonly percent: number }
  | { readonly name: 'bad-quality'; readonly target: string }
  | { readonly name: 'station-offline'; readonly station: string }
  | { readonly name: 'server-offline'; readonly server: string };

export type ScenarioName = Effect['name'];

export interface Scenario {
  readonly id: string;
  readonly effect: Effect;
  readonly fromMs: number;
  /** null while it runs. */
  readonly toMs: number | null;
}

export const isActive = (s: Scenario, timeMs: number): boolean =>
  s.fromMs <= timeMs && (s.toMs === null || timeMs < s.toMs);

/** What a plant offers for scenarios to name. */
export interface ScenarioTargets {
  /** Pipes and mains. */
  readonly pipes: readonly string[];
  readonly meters: readonly string[];
  readonly stations: readonly string[];
  /** `<station>.<tag>` */
  readonly tags: readonly string[];
  readonly servers: readonly string[];
}

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

export interface Parameter {
  readonly name: string;
  readonly expected: string;
}

/** What can be started, with its parameters, for `list`. */
export const SCENARIOS: Record<
  ScenarioName,
  { readonly about: string; readonly parameters: readonly Parameter[] }
> = {
  leak: {
    about: 'a hole in a pipe or main',
    parameters: [
      { name: 'pipe', expected: 'a pipe or main' },
      { name: 'size', expected: 'diameter of the hole in mm, 1 to 500' },
    ],
  },
  'meter-bias': {
    about: 'a meter reads too much (or, negative, too little)',
    parameters: [
      { name: 'meter', expected: 'a meter, <station>.<meter>' },
      { name: 'percent', expected: '-20 to 20' },
    ],
  },
  'bad-quality': {
    about: 'instruments report a sensor failure',
    parameters: [{ name: 'target', expected: 'a station, or one tag as <station>.<tag>' }],
  },
  'station-offline': {
    about: "a station's communication is lost",
    parameters: [{ name: 'station', expected: 'a station' }],
  },
  'server-offline': {
    about: 'a whole OPC UA server or the MQTT broker is gone',
    parameters: [{ name: 'server', expected: 'a server' }],
  },
};

function oneOf(field: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value;
  throw new ScenarioError(`${field} "${value}": expected one of ${known.join(', ')}`);
}

function numberIn(field: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return value;
  throw new ScenarioError(`${field} "${text}": expected a number from ${low} to ${high}`);
}

/**
 * Reads `name key=value…`.
 * @throws ScenarioError naming the field and what was expected
 */
export function parseEffect(
  name: string,
  parameters: Readonly<Record<string, string>>,
  targets: ScenarioTargets,
): Effect {
  const known = Object.keys(SCENARIOS) as ScenarioName[];
  const scenario = oneOf('scenario', name, known) as ScenarioName;
  const wanted = SCENARIOS[scenario].parameters;
  for (const key of Object.keys(parameters))
    oneOf(
      `${name}: parameter`,
      key,
      wanted.map((w) => w.name),
    );
  const given = (key: string): string => {
    const value = parameters[key];
    if (value !== undefined) return value;
    const expected = wanted.find((w) => w.name === key)?.expected ?? '';
    throw new ScenarioError(`${name}: ${key} is missing: expected ${key}=<${expected}>`);
  };
  switch (scenario) {
    case 'leak':
      return {
        name: scenario,
        pipe: oneOf('pipe', given('pipe'), targets.pipes),
        sizeMm: numberIn('size', given('size'), 1, 500),
      };
    case 'meter-bias':
      return {
        name: scenario,
        meter: oneOf('meter', given('meter'), targets.meters),
        percent: numberIn('percent', given('percent'), -20, 20),
      };
    case 'bad-quality': {
      const target = given('target');
      if (!targets.tags.includes(target) && !targets.stations.includes(target))
        throw new ScenarioError(
          `target "${target}": expected a tag as <station>.<tag>, or a station: ${targets.stations.join(', ')}`,
        );
      return { name: scenario, target };
    }
    case 'station-offline':
      return { name: scenario, station: oneOf('station', given('station'), targets.stations) };
    case 'server-offline':
      return { name: scenario, server: oneOf('server', given('server'), targets.servers) };
  }
}
