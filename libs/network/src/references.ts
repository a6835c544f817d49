import type {
  AreaConfig,
  MeterConfig,
  NetworkFile,
  PipeConfig,
  StationConfig,
  TagConfig,
} from './network-file';
import { lossReadingFaults } from './loss-readings';
import type { ContentFault, Path } from './schema-faults';
import { didYouMean } from './suggestion';
import type { TagKind } from './units-of-measure';

/** How far a composition's mole fractions may be from 1 in a network file. */
const COMPOSITION_SUM_TOLERANCE = 1e-4;

/** Partition of the alarms that belong to no station. Stations' partitions bear their ids, so none may be called so. */
export const NETWORK_PARTITION = 'network';

/** Names known outside the file. */
export interface KnownNames {
  /** Components an equation of state knows; not checked when left out. */
  readonly components?: Iterable<string>;
}

type Fault = (path: Path, message: string) => void;

/** What no single part can tell: that names exist, are of the right kind, and are not given twice. */
export function referenceFaults(file: NetworkFile, known: KnownNames = {}): ContentFault[] {
  const faults: ContentFault[] = [];
  const fault: Fault = (path, message) => void faults.push({ path, message });
  for (const key of ['gases', 'sources', 'stations', 'pipes', 'areas'] as const)
    twins(fault, [key], file[key]);
  checkZone(fault, ['gasDay', 'timeZone'], file.gasDay.timeZone);
  file.gases.forEach((gas, i) =>
    checkComposition(fault, ['gases', i, 'composition'], gas.composition, known),
  );
  const names = namesOf(file);
  file.stations.forEach((s, i) => checkStation(fault, ['stations', i], s, names));
  checkAddresses(fault, file);
  file.pipes.forEach((p, i) => checkPipe(fault, ['pipes', i], p, names));
  file.areas.forEach((a, i) => checkArea(fault, ['areas', i], a, names));
  return [...faults, ...lossReadingFaults(file)];
}

interface Names {
  readonly gases: ReadonlySet<string>;
  readonly sources: ReadonlyMap<string, 'opcua' | 'mqtt'>;
  readonly stations: ReadonlySet<string>;
  readonly pipes: ReadonlySet<string>;
  readonly tags: ReadonlyMap<string, TagConfig>;
  readonly meters: ReadonlySet<string>;
}

const namesOf = (file: NetworkFile): Names => ({
  gases: new Set(file.gases.map((g) => g.id)),
  sources: new Map(file.sources.map((s) => [s.id, s.kind])),
  stations: new Set(file.stations.map((s) => s.id)),
  pipes: new Set(file.pipes.map((p) => p.id)),
  tags: new Map(file.stations.flatMap((s) => s.tags.map((t) => [`${s.id}.${t.id}`, t]))),
  meters: new Set(file.stations.flatMap((s) => s.meters.map((m) => `${s.id}.${m.id}`))),
});

function twins(fault: Fault, path: Path, items: readonly { id: string }[]): void {
  const seen = new Set<string>();
  items.forEach(({ id }, i) => {
    if (seen.has(id)) fault([...path, i, 'id'], `"${id}" is given twice`);
    seen.add(id);
  });
}

/** The name exists, or a fault says what was expected and what may have been meant. */
function exists(fault: Fault, path: Path, what: string, name: string, known: Iterable<string>): boolean {
  const names = [...known];
  if (names.includes(name)) return true;
  fault(path, `expected ${what}, "${name}" is not one${didYouMean(name, names)}`);
  return false;
}

function checkZone(fault: Fault, path: Path, zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault(path, `expected an IANA time zone, for instance Asia/Shanghai, got "${zone}"`);
  }
}

function checkComposition(
  fault: Fault,
  path: Path,
  composition: Readonly<Record<string, number>>,
  known: KnownNames,
): void {
  const sum = Object.values(composition).reduce((total, x) => total + x, 0);
  if (Math.abs(sum - 1) > COMPOSITION_SUM_TOLERANCE)
    fault(
      path,
      `expected mole fractions summing to 1 within ${COMPOSITION_SUM_TOLERANCE}, got ${+sum.toFixed(6)}`,
    );
  if (known.components)
    for (const name of Object.keys(composition))
      exists(fault, [...path, name], 'a component', name, known.components);
}

function checkStation(fault: Fault, path: Path, station: StationConfig, names: Names): void {
  if (station.id === NETWORK_PARTITION)
    fault(
      [...path, 'id'],
      `expected another name: "${NETWORK_PARTITION}" is where alarms of the whole network belong`,
    );
  twins(fault, [...path, 'tags'], station.tags);
  twins(fault, [...path, 'meters'], station.meters);
  if (station.timeZone) checkZone(fault, [...path, 'timeZone'], station.timeZone);
  station.tags.forEach((tag, i) => checkTag(fault, [...path, 'tags', i], tag, names));
  station.meters.forEach((meter, i) => checkMeter(fault, [...path, 'meters', i], station, meter, names));
}

function checkTag(fault: Fault, path: Path, tag: TagConfig, names: Names): void {
  const { address, range, limits } = tag;
  if (exists(fault, [...path, 'address', 'source'], 'a source', address.source, names.sources.keys())) {
    const kind = names.sources.get(address.source);
    if (kind === 'opcua' && !('node' in address))
      fault([...path, 'address'], `expected a node: source "${address.source}" is an OPC UA server`);
    if (kind === 'mqtt' && 'node' in address)
      fault(
        [...path, 'address'],
        `expected a topic and a path: source "${address.source}" is an MQTT broker`,
      );
  }
  for (const name of ['LL', 'L', 'H', 'HH'] as const) {
    const limit = limits?.[name];
    if (limit !== undefined && (limit < range[0] || limit > range[1]))
      fault(
        [...path, 'limits', name],
        `expected a limit within the instrument's range ${range[0]}–${range[1]}, got ${limit}`,
      );
  }
}

function checkAddresses(fault: Fault, file: NetworkFile): void {
  const seen = new Map<string, string>();
  file.stations.forEach((station, i) =>
    station.tags.forEach((tag, j) => {
      const a = tag.address;
      const address = 'node' in a ? `${a.source} ${a.node}` : `${a.source} ${a.topic} ${a.path}`;
      const other = seen.get(address);
      if (other)
        fault(['stations', i, 'tags', j, 'address'], `expected an address of its own: ${other} has the same`);
      else seen.set(address, `${station.id}.${tag.id}`);
    }),
  );
}

function checkMeter(
  fault: Fault,
  path: Path,
  station: StationConfig,
  meter: MeterConfig,
  names: Names,
): void {
  const tags = new Map(station.tags.map((t) => [t.id, t]));
  const tagOf = (at: Path, id: string | undefined, kind: TagKind): TagConfig | undefined => {
    if (id === undefined || !exists(fault, at, `a tag of station ${station.id}`, id, tags.keys()))
      return undefined;
    const tag = tags.get(id);
    if (tag && tag.kind !== kind) fault(at, `expected a tag of kind ${kind}, "${id}" is of kind ${tag.kind}`);
    return tag;
  };
  exists(fault, [...path, 'gas'], 'a gas', meter.gas, names.gases);
  const { totaliser } = meter;
  const counter = tagOf([...path, 'totaliser', 'tag'], totaliser.tag, 'totaliser');
  if (counter && counter.range[1] > totaliser.rolloverAt)
    fault(
      [...path, 'totaliser', 'rolloverAt'],
      `expected at least ${counter.range[1]}, the highest value of tag "${counter.id}", got ${totaliser.rolloverAt}`,
    );
  if (totaliser.volume === 'uncorrected' && totaliser.reference)
    fault([...path, 'totaliser', 'reference'], 'expected only on a corrected totaliser');
  tagOf([...path, 'flow'], meter.flow, 'flow');
  tagOf([...path, 'pressure'], meter.pressure, 'pressure');
  tagOf([...path, 'temperature'], meter.temperature, 'temperature');
}

function checkPipe(fault: Fault, path: Path, pipe: PipeConfig, names: Names): void {
  exists(fault, [...path, 'from'], 'a station', pipe.from, names.stations);
  exists(fault, [...path, 'to'], 'a station', pipe.to, names.stations);
  if (pipe.from === pipe.to) fault([...path, 'to'], `expected another station than "${pipe.from}"`);
  exists(fault, [...path, 'gas'], 'a gas', pipe.gas, names.gases);
  const measured = [
    ['startPressure', 'pressure'],
    ['endPressure', 'pressure'],
    ['temperature', 'temperature'],
  ] as const;
  for (const [key, kind] of measured)
    if (exists(fault, [...path, key], 'a tag', pipe[key], names.tags.keys())) {
      const tag = names.tags.get(pipe[key]);
      if (tag && tag.kind !== kind)
        fault([...path, key], `expected a tag of kind ${kind}, "${pipe[key]}" is of kind ${tag.kind}`);
    }
}

function checkArea(fault: Fault, path: Path, area: AreaConfig, names: Names): void {
  const uses: [Path, string][] = [
    ...area.inputs.map((m, i): [Path, string] => [['inputs', i], m]),
    ...area.outputs.map((o, i): [Path, string] => [['outputs', i, 'meter'], o.meter]),
    ...area.ownUse.map((m, i): [Path, string] => [['ownUse', i], m]),
    ...area.vent.map((m, i): [Path, string] => [['vent', i], m]),
  ];
  const seen = new Set<string>();
  for (const [at, meter] of uses) {
    exists(fault, [...path, ...at], 'a meter', meter, names.meters);
    if (seen.has(meter)) fault([...path, ...at], `meter "${meter}" is in this area twice`);
    seen.add(meter);
  }
  area.pipes.forEach((pipe, i) => {
    exists(fault, [...path, 'pipes', i], 'a pipe', pipe, names.pipes);
    if (area.pipes.indexOf(pipe) !== i) fault([...path, 'pipes', i], `pipe "${pipe}" is in this area twice`);
  });
  if (area.gasDay) checkZone(fault, [...path, 'gasDay', 'timeZone'], area.gasDay.timeZone);
}
