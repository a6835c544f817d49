import { TOPIC, ConditionMessage, type LossResult } from '@linepack/contracts';
import { LIMIT_PERCENT, METERS, meterTag, type LossArea, type MeterName } from '../world/loss-network';
import { WorkerComputer } from '../world/worker-process';
import type { World } from '../world/world';
import type { Oracle } from './oracle';
import { minutesOf } from './minutes';

/*
 * What scheduled work must have come to when everything has settled, worked out from the rows of the database by the
 * domain's rules alone: a counter stands between its readings on either side, none older than a quarter of an hour; what
 * a meter counted is the difference of two of its standings; loss is input less outputs over input.
 */

const HOUR_US = 3_600e6;
const READING_AGE_US = 900e6;
/** A day is over when its last readings must have arrived. */
const SETTLING_US = 180e6;
/** The worker looks every half minute, and each of its tasks takes its time. */
const SLACK_US = 45e6;
/** Late data rests for a minute first. */
const LATE_US = 60e6 + SLACK_US;
/** What came lately may wait for its aggregates. */
const FRESH_US = 40e6;
/** So long before the end nothing must have been worked out any more. */
const REST_S = 8;
const EXACT = 1e-6;

/** Standing of a counter at an instant; null when no reading is near enough. */
function standingAt(world: World, meter: MeterName, at: number): number | null {
  const rows = world.plant.database.samples
    .rows(meterTag(meter))
    .filter((r) => r.quality >= 0 && r.value !== null);
  const before = rows.findLast((r) => r.ts <= at);
  const after = rows.find((r) => r.ts >= at);
  if (!before || !after || at - before.ts > READING_AGE_US || after.ts - at > READING_AGE_US) return null;
  if (before.ts === after.ts) return before.value;
  const share = (at - before.ts) / (after.ts - before.ts);
  return (before.value as number) + share * ((after.value as number) - (before.value as number));
}

/** What a meter counted between two instants. */
function counted(world: World, meter: MeterName, from: number, to: number): number | null {
  const [a, b] = [standingAt(world, meter, from), standingAt(world, meter, to)];
  return a === null || b === null ? null : b - a;
}

interface Expected {
  readonly volumes: Readonly<Record<string, number>>;
  readonly lossPercent: number;
  readonly verdict: 'breach' | 'within';
}

function expectedOf(world: World, { input, outputs }: LossArea, from: number, to: number): Expected | null {
  const volumes: Record<string, number> = {};
  for (const meter of [input, ...outputs]) {
    const volume = counted(world, meter, from, to);
    if (volume === null) return null;
    volumes[meter] = volume;
  }
  const came = volumes[input] as number;
  const went = outputs.reduce((sum, meter) => sum + (volumes[meter] as number), 0);
  const lossPercent = (100 * (came - went)) / came;
  return { volumes, lossPercent, verdict: Math.abs(lossPercent) > LIMIT_PERCENT ? 'breach' : 'within' };
}

/** What must hold of the worker's work in the end. */
export function judgeWork(world: World, oracle: Oracle): void {
  const { worker } = world;
  if (!(worker instanceof WorkerComputer)) return;
  const all = worker.configurations[0]?.areas ?? [];
  for (const area of all) {
    const result = closedDay(world, oracle, worker, area);
    if (result) alarmOf(world, oracle, area, worker.areas.includes(area), result);
  }
  hours(world, oracle, all);
  aggregates(world, oracle);
  rest(world, oracle);
}

/** The day that ended in the storm is closed, and its newest result is what its samples say. */
function closedDay(
  world: World,
  oracle: Oracle,
  worker: WorkerComputer,
  area: LossArea,
): LossResult | undefined {
  const results = world.plant.database.work.losses.all().filter((r) => r.areaId === area.id);
  const result = results.filter((r) => r.to === area.cutOff).at(-1);
  const expected = expectedOf(world, area, area.cutOff - 24 * HOUR_US, area.cutOff);
  const isDue = world.kernel.now > area.cutOff + SETTLING_US + SLACK_US && worker.areas.includes(area);
  oracle.claims += 1;
  if (!result) {
    if (isDue && expected) oracle.violate('day not closed', area.id, `it ended at ${area.cutOff}`);
    return undefined;
  }
  if (expected) compare(oracle, area, result, expected);
  else if (result.verdict !== 'notAssessable')
    oracle.violate('wrong loss', area.id, `${result.verdict}, and readings are missing`);
  changes(oracle, results);
  return result;
}

function compare(oracle: Oracle, { id }: LossArea, result: LossResult, expected: Expected): void {
  const { verdict, lossPercent, version } = result;
  const isOff = lossPercent === null || Math.abs(lossPercent - expected.lossPercent) > EXACT;
  if (verdict !== expected.verdict || isOff)
    oracle.violate(
      'wrong loss',
      id,
      `version ${version} says ${verdict} ${lossPercent} %, its samples ${expected.verdict} ${expected.lossPercent} %`,
    );
  for (const { meterId, volume } of result.lines) {
    const told = expected.volumes[meterId.split('.')[1] as string] as number;
    if (volume === null || Math.abs(volume - told) > EXACT)
      oracle.violate('wrong volume', `${id} ${meterId}`, `${volume}, its counter ${told}`);
  }
}

/** A version that says the same as the one before says nothing. */
function changes(oracle: Oracle, results: readonly LossResult[]): void {
  const said = ({ computedAt: _, version: __, ...rest }: LossResult): string => JSON.stringify(rest);
  for (const [i, result] of results.entries()) {
    const before = results[i - 1];
    if (before?.gasDay === result.gasDay && said(before) === said(result))
      oracle.violate('empty version', result.areaId, `${result.gasDay} version ${result.version}`);
  }
}

/** No breach and no cure is untold: of an area that is configured the alarm is what its closed day says. */
function alarmOf(
  world: World,
  oracle: Oracle,
  { id }: LossArea,
  isConfigured: boolean,
  { verdict, gasDay }: LossResult,
): void {
  if (verdict === 'notAssessable') return;
  const isActive = isConfigured && verdict === 'breach';
  const alarmId = `area:${id}:loss`;
  oracle.claims += 1;
  const told = world.plant.bus.retainedAt(TOPIC.condition('network', alarmId));
  const condition = told === null ? null : ConditionMessage.parse(JSON.parse(told));
  if ((condition?.active ?? false) !== isActive)
    oracle.violate(
      isActive ? 'breach untold' : 'cure untold',
      id,
      `${gasDay} is ${verdict}${isConfigured ? '' : ', and not configured'}`,
    );
  const alarm = oracle.toldTables().find((a) => a.alarmId === alarmId);
  if ((alarm?.active ?? false) !== isActive || (isActive && alarm?.subject !== gasDay))
    oracle.violate(
      isActive ? 'missed loss alarm' : 'false loss alarm',
      alarmId,
      `${gasDay} is ${verdict}, the alarm ${alarm?.active ? `active of ${alarm.subject}` : 'is not active'}`,
    );
}

/** The newest record of each hour is what its readings say, whatever came when. */
function hours(world: World, oracle: Oracle, areas: readonly LossArea[]): void {
  const { meterHours, losses } = world.plant.database.work;
  const closed = areas.filter((a) => losses.all().some((r) => r.areaId === a.id && r.to === a.cutOff));
  for (const meter of METERS)
    for (const { cutOff } of closed)
      for (let from = cutOff - 24 * HOUR_US; from < cutOff; from += HOUR_US) {
        const [record] = meterHours.newest([`city.${meter}`] as never, from as never, (from + 1) as never);
        const volume = counted(world, meter, from, from + HOUR_US);
        if (volume === null || record?.volume == null || Math.abs(record.volume - volume) <= EXACT) continue;
        oracle.violate('wrong hour', `${meter} ${from}`, `${record.volume}, its counter ${volume}`);
      }
}

/** What is rolled up is what the samples say. */
function aggregates(world: World, oracle: Oracle): void {
  const { work, samples, coverage } = world.plant.database;
  const beginUs = world.kernel.startUs - 30 * 60e6;
  const fresh = work.marks.open('rolled').filter((m) => m.receivedAt > world.kernel.now - FRESH_US);
  for (const { tagId, config } of work.networkAt(Infinity)?.tags ?? []) {
    const until = Math.min(work.rollup.rolledTo, Math.floor((world.kernel.now - FRESH_US) / 60e6) * 60e6);
    const away = (coverage.bySource.get(config.address.source) ?? [])
      .filter((i) => i.state === 'disconnected')
      .map((i) => i.from);
    const expected = minutesOf(samples.rows(tagId), away, 3e6 * config.maxReportS, beginUs, until);
    const stored = work.aggregates.minutes.get(tagId);
    oracle.claims += 1;
    for (let at = beginUs; at < until; at += 60e6) {
      const [told, found] = [expected.get(at), stored?.get(at)];
      if (fresh.some((m) => m.tagId === tagId && at > m.from - 60e6 && at < m.to + 3e6 * config.maxReportS))
        continue;
      const isSame =
        Math.abs((told?.coveredS ?? 0) - (found?.coveredS ?? 0)) < EXACT &&
        Math.abs((told?.integral ?? 0) - (found?.integral ?? 0)) < 1e-3 &&
        (told?.samples ?? 0) === (found ? found.good + found.uncertain + found.bad : 0);
      if (!isSame)
        oracle.violate(
          'wrong aggregate',
          `tag ${tagId} minute ${(at - world.kernel.startUs) / 60e6}`,
          `${JSON.stringify(found)}, its samples ${JSON.stringify(told)}`,
        );
    }
  }
}

/**
 * Nothing waits, and nothing is worked out for ever. For a quarter of an hour after a day's end what comes may still stand
 * next to its cut-off, so that late marks come and go as long.
 */
function rest(world: World, oracle: Oracle): void {
  const { work } = world.plant.database;
  const open = [...work.marks.open('rolled'), ...work.marks.open('recalculated')];
  const waiting = open.filter((m) => m.receivedAt < world.kernel.now - LATE_US);
  const receivedS = waiting.map((m) => ((m.receivedAt - world.kernel.startUs) / 1e6).toFixed(1));
  if (waiting.length > 0)
    oracle.violate('late data waits', 'late marks', `received at ${receivedS.slice(0, 5).join(', ')} s`);
  const restUs = world.kernel.now - REST_S * 1e6;
  if (work.losses.savedAt > restUs) oracle.violate('no rest', 'results', `a version in the last ${REST_S} s`);
  if (work.rollup.rolledTo < world.kernel.now - 150e6)
    oracle.violate('roll-up lags', 'roll-up', `rolled to ${work.rollup.rolledTo}`);
}
