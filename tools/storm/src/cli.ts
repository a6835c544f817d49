import { parseArgs } from 'node:util';
import { runSeed, type Outcome } from './run';

const USAGE = `usage: npm run storm [-- --seeds N --from S] [-- --seed S]
  --seeds N   run N seeds (default 200)
  --from S    from seed S on (default 1)
  --seed S    replay one seed and print its trace`;

/** What the command line asks for. */
interface Asked {
  readonly seeds: number;
  readonly from: number;
  readonly seed: number | null;
}

function asked(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } },
  });
  const whole = (name: string, text: string | undefined, fallback: number): number => {
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${text}: expected a whole number`);
    return value;
  };
  return {
    seeds: whole('seeds', values.seeds, 200),
    from: whole('from', values.from, 1),
    seed: values.seed === undefined ? null : whole('seed', values.seed, 0),
  };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sayFailure = ({ seed, violations, hash }: Outcome, commit: string): void => {
  say(`seed ${seed} of ${commit} failed (${hash}); replay: npm run storm -- --seed ${seed}`);
  for (const { rule, subject, detail, atS } of violations)
    say(`  ${atS.toFixed(1)} s  ${rule}: ${subject}: ${detail}`);
};

/** @returns the exit code */
export async function main(args: readonly string[], commit: string): Promise<number> {
  let wanted: Asked;
  try {
    wanted = asked(args);
  } catch (error) {
    say(`storm: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (wanted.seed !== null) {
    const outcome = await runSeed(wanted.seed, 'lines');
    say(outcome.trace);
    if (outcome.violations.length > 0) sayFailure(outcome, commit);
    say(`${outcome.steps} steps, ${outcome.claims} claims, hash ${outcome.hash}`);
    say(`1 seeds, ${outcome.violations.length > 0 ? 1 : 0} failed`);
    return outcome.violations.length > 0 ? 1 : 0;
  }
  let failed = 0;
  let claims = 0;
  for (let seed = wanted.from; seed < wanted.from + wanted.seeds; seed += 1) {
    const outcome = await runSeed(seed, 'hash');
    claims += outcome.claims;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    sayFailure(outcome, commit);
  }
  say(`${claims} claims`);
  say(`${wanted.seeds} seeds, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}
