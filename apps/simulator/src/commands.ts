import type { DayTruth, Effect, Parameter, Scenario, ScenarioTargets } from '@linepack/simulation';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Command =
  | { readonly name: 'list' }
  | { readonly name: 'start'; readonly scenario: string; readonly parameters: Record<string, string> }
  | { readonly name: 'stop'; readonly id: string }
  | { readonly name: 'truth' };

const USAGE = `expected: list | start NAME key=value… | stop ID | truth | network-file
  list          what can be started, what runs
  start leak pipe=main-wenchang size=150
  stop leak-5
  truth         what really flowed, by gas day`;

/** @throws UsageError saying what was expected */
export function parseCommand(words: readonly string[]): Command {
  const [name, ...rest] = words;
  if ((name === 'list' || name === 'truth') && rest.length === 0) return { name };
  if (name === 'stop') {
    const [id, ...more] = rest;
    if (id === undefined || more.length)
      throw new UsageError('stop: expected one ID of a running scenario (see list)');
    return { name, id };
  }
  if (name === 'start') return start(rest);
  throw new UsageError(name === undefined ? USAGE : `"${words.join(' ')}": ${USAGE}`);
}

function start(words: readonly string[]): Command {
  const [scenario, ...pairs] = words;
  if (scenario === undefined) throw new UsageError('start: expected the NAME of a scenario (see list)');
  const parameters: Record<string, string> = {};
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    if (cut < 1) throw new UsageError(`"${pair}": expected key=value, for instance size=150`);
    parameters[pair.slice(0, cut)] = pair.slice(cut + 1);
  }
  return { name: 'start', scenario, parameters };
}

interface Listing {
  readonly available: Record<string, { about: string; parameters: Parameter[] }>;
  readonly targets: ScenarioTargets;
  readonly running: Scenario[];
}

/**
 * Carries a command to the running simulator. @returns text for the terminal
 * @throws UsageError with the simulator's own words, or when it does not answer
 */
export async function runCommand(command: Command, port: number): Promise<string> {
  const ask = asker(port);
  switch (command.name) {
    case 'list':
      return listText((await ask('GET', '/scenarios')) as Listing);
    case 'start': {
      const { scenario, parameters } = command;
      const started = (await ask('POST', '/scenarios', { name: scenario, parameters })) as Scenario;
      return `started ${started.id}; end it with: npm run simulator -- stop ${started.id}\n`;
    }
    case 'stop': {
      const ended = (await ask('DELETE', `/scenarios/${encodeURIComponent(command.id)}`)) as Scenario;
      return `ended ${ended.id}\n`;
    }
    case 'truth': {
      const truth = (await ask('GET', '/truth')) as { days: DayTruth[]; scenarios: Scenario[] };
      return truthText(truth.days, truth.scenarios);
    }
  }
}

const asker = (port: number) => async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch((error: Error) => {
    throw new UsageError(
      `simulator on port ${port} does not answer (${error.message}): is Linepack running?`,
    );
  });
  const answer = (await response.json()) as { error?: string };
  if (!response.ok) throw new UsageError(answer.error ?? `simulator answered ${response.status}`);
  return answer as unknown;
};

const effectText = ({ name, ...parameters }: Effect): string =>
  [name, ...Object.entries(parameters).map(([k, v]) => `${k === 'sizeMm' ? 'size' : k}=${String(v)}`)].join(
    ' ',
  );

function listText({ available, targets, running }: Listing): string {
  const lines = ['can be started:'];
  for (const [name, { about, parameters }] of Object.entries(available)) {
    lines.push(`  ${name}: ${about}`);
    for (const p of parameters) lines.push(`    ${p.name}=<${p.expected}>`);
  }
  lines.push('', `pipes and mains: ${targets.pipes.join(', ')}`);
  lines.push(`meters: ${targets.meters.join(', ')}`);
  lines.push(`stations: ${targets.stations.join(', ')}`);
  lines.push(`servers: ${targets.servers.join(', ')}`);
  lines.push('', running.length ? 'running:' : 'running: none');
  for (const s of running)
    lines.push(`  ${s.id}: ${effectText(s.effect)} since ${new Date(s.fromMs).toISOString()}`);
  return `${lines.join('\n')}\n`;
}

const m3 = (x: number): string => x.toFixed(0).padStart(9);

function truthText(days: readonly DayTruth[], scenarios: readonly Scenario[]): string {
  const head = 'gas day           in m³   out m³  own use     leak   pack Δ  pack end';
  const rows = days.map((d) => {
    const pack = m3(d.linePackEnd - d.linePackStart);
    const open = d.complete ? '' : '  (running)';
    return `${d.gasDay}${[d.in, d.out, d.ownUse, d.leak].map(m3).join('')}${pack} ${m3(d.linePackEnd)}${open}`;
  });
  const today = days.at(-1);
  const meters = Object.entries(today?.meters ?? {}).map(
    ([id, m]) =>
      `  ${id.padEnd(20)} true ${m3(m.true)} read ${m3(m.read)} error ${m.errorPercent.toFixed(3)} %`,
  );
  const played = scenarios.map(
    (s) =>
      `  ${s.id}: ${effectText(s.effect)} ${new Date(s.fromMs).toISOString()} to ${s.toMs === null ? 'now' : new Date(s.toMs).toISOString()}`,
  );
  return [
    head,
    ...rows,
    '',
    `meters on ${today?.gasDay ?? ''}:`,
    ...meters,
    '',
    'scenarios:',
    ...played,
    '',
  ].join('\n');
}
