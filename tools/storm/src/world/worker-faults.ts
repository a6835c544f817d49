import type { Random } from '../kernel/random';
import type { World } from './world';
import type { WorkerComputer } from './worker-process';

type Fault = (worker: WorkerComputer, world: World, random: Random) => () => void;

const SECOND_US = 1e6;

/** What can go wrong with the worker alone. */
export const WORKER_FAULTS: Readonly<Record<string, Fault>> = {
  workerDies: (worker, _, random) => {
    worker.isKeptDown = random.chance(0.5);
    if (random.chance(0.4)) worker.kill('killed');
    else worker.process?.killAfterActions(random.whole(1, 60));
    return () => worker.start();
  },
  // Between a result and its telling, or anywhere else in what follows it.
  workerDiesClosing: (worker, { plant }, random) => {
    const { losses } = plant.database.work;
    losses.onSaved = () => {
      losses.onSaved = () => undefined;
      worker.process?.killAfterActions(random.whole(0, 5));
    };
    return () => undefined;
  },
  rollUpFails: (_, { plant }) => {
    plant.database.work.aggregates.isShut = true;
    return () => void (plant.database.work.aggregates.isShut = false);
  },
  workerStandsStill: (worker) => {
    const { process } = worker;
    process?.pause();
    return () => process?.goOn();
  },
  workerClockSteps: (worker, world, random) => {
    const seconds = random.pick([-3_600, 3_600, random.between(-100, 100), random.between(-3, 3)]);
    world.kernel.note('worker', `its clock is ${seconds.toFixed(1)} s ahead`);
    worker.computer.clockOffset = Math.round(seconds * SECOND_US);
    return () => undefined;
  },
  areasChange: (worker, world, random) => {
    const before = worker.areas;
    const [first] = worker.configurations;
    const all = first?.areas ?? [];
    const gone = random.pick(all);
    worker.configure(before.includes(gone) ? before.filter((a) => a !== gone) : [...before, gone]);
    if (random.chance(0.7)) world.api.configurationChanged();
    return () => undefined;
  },
};

/** Draws the faults of a seed. */
export function planWorkerFaults(
  random: Random,
  span: { readonly fromS: number; readonly toS: number },
  begin: (name: string, lengthS: number, beginS: number) => void,
): void {
  const kinds = Object.keys(WORKER_FAULTS).filter(() => random.chance(0.5));
  if (kinds.length === 0) return;
  const count = random.whole(0, 10);
  for (let i = 0; i < count; i += 1) {
    const kind = random.pick(kinds);
    if (kind === 'rollUpFails') {
      // Nobody looks at aggregates at night: it may have gone on for long.
      const beginS = random.chance(0.6) ? 0 : random.between(span.fromS, span.toS);
      begin(kind, random.between(60, 225), beginS);
    } else begin(kind, random.between(0.3, 40), random.between(span.fromS, span.toS));
  }
}
