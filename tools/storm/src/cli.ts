import { parseArgs } from 'node:util';
import { BREAKS } from './breaks/breaks';
import { runSeed, type Outcome } from './run';

const USAGE = `usage: npm run storm [-- --seeds N --from S] [-- --seed S] [-- --bites]
  --seeds N     run N seeds (default 200)
  --from S      from seed S on (default 1)
  --seed S      replay one seed and print its trace
  --break NAME  with a fault put back: ${Object.keys(BREAKS).join(', ')}
  --bites       print how many seeds find each of these faults`;

/** Every so manieth seed is played twice, to see that it goes the same way to the last step. */
const PLAYED_TWICE = 20;

/** What the command line asks for. */
interface Asked {
  readonly seeds: number;
  readonly from: number;
  readonly what: 'run' | 'replay' | 'bites';
  readonly broken: string | undefined;
}

function asked(args: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: text, from: text, seed: text, break: text, bites: { type: 'boolean' } },
  });
  const whole = (name: string, given: string | undefined, fallback: number): number => {
    const value = given === undefined ? fallback : Number(given);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${given}: expected a whole number`);
    return value;
  };
  const broken = values.break;
  if (broken !== undefined && !(broken in BREAKS))
    throw new Error(`--break ${broken}: expected one of ${Object.keys(BREAKS).join(', ')}`);
  if (values.seed !== undefined)
    return { what: 'replay', seeds: 1, from: whole('seed', values.seed, 0), broken };
  const what = values.bites ? 'bites' : 'run';
  return { what, seeds: whole('seeds', values.seeds, 200), from: whole('from', values.from, 1), broken };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sayFailure = ({ seed, violations, hash }: Outcome, commit: string): void => {
  say(`seed ${seed} of ${commit} failed (${hash}); replay: npm run storm -- --seed ${seed}`);
  for (const { rule, subject, detail, atS } of violations)
    say(`  ${atS.toFixed(1)} s  ${rule}: ${subject}: ${detail}`);
};

async function replay({ from, broken }: Asked, commit: string): Promise<number> {
  const outcome = await runSeed(from, 'lines', broken ? BREAKS[broken] : undefined);
  say(outcome.trace);
  const failed = outcome.violations.length > 0 ? 1 : 0;
  if (failed) sayFailure(outcome, commit);
  say(`${outcome.steps} steps, ${outcome.claims} claims, hash ${outcome.hash}`);
  say(`1 seeds, ${failed} failed`);
  return failed;
}

async function run({ from, seeds, broken }: Asked, commit: string): Promise<number> {
  const putBack = broken ? BREAKS[broken] : undefined;
  let failed = 0;
  let claims = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const outcome = await runSeed(seed, 'hash', putBack);
    claims += outcome.claims;
    const isRepeatable =
      seed % PLAYED_TWICE !== 0 || (await runSeed(seed, 'hash', putBack)).hash === outcome.hash;
    if (outcome.violations.length === 0 && isRepeatable) continue;
    failed += 1;
    sayFailure(outcome, commit);
    if (!isRepeatable) say('  played again it went another way: something is not simulated');
  }
  say(`${claims} claims`);
  say(`${seeds} seeds, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** A fault is found by a seed when that seed fails with it, in a rule that it keeps without it. */
async function bites({ from, seeds, broken }: Asked): Promise<number> {
  const names = broken ? [broken] : Object.keys(BREAKS);
  const found = new Map(names.map((name) => [name, { seeds: 0, rules: new Map<string, number>() }]));
  for (let seed = from; seed < from + seeds; seed += 1) {
    const whole = new Set((await runSeed(seed, 'hash')).violations.map((v) => v.rule));
    for (const [name, count] of found) {
      const { violations } = await runSeed(seed, 'hash', BREAKS[name]);
      const rules = new Set(violations.map((v) => v.rule).filter((rule) => !whole.has(rule)));
      if (rules.size > 0) count.seeds += 1;
      for (const rule of rules) count.rules.set(rule, (count.rules.get(rule) ?? 0) + 1);
    }
  }
  for (const [name, { seeds: by, rules }] of found)
    say(
      `${name.padEnd(32)} found by ${by} of ${seeds}: ${[...rules].map(([r, n]) => `${r} ${n}`).join(', ')}`,
    );
  const missed = [...found.values()].filter((f) => f.seeds === 0).length;
  say(`${names.length} faults put back, ${missed} not found`);
  return missed > 0 ? 1 : 0;
}

/** @returns the exit code */
export async function main(args: readonly string[], commit: string): Promise<number> {
  let wanted: Asked;
  try {
    wanted = asked(args);
  } catch (error) {
    say(`storm: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (wanted.what === 'replay') return replay(wanted, commit);
  return wanted.what === 'bites' ? bites(wanted) : run(wanted, commit);
}
