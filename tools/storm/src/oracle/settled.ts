import type { Alarm } from '@linepack/contracts';
import type { World } from '../world/world';
import { stories, toldIsJournalled, writtenInOrder } from './journal';
import type { Oracle } from './oracle';
import { words } from './words';

const standingOf = ({ letter, occurrence, active, noted }: Alarm): string =>
  `${letter}${occurrence} ${active ? 'active' : 'inactive'} ${noted.station?.comment ?? '-'} ${noted.dispatch?.comment ?? '-'}`;

const standings = (alarms: readonly Alarm[]): Map<string, string> =>
  new Map(alarms.map((a) => [a.alarmId, standingOf(a)]));

/** What must hold when everything has settled. */
export function judge(world: World, oracle: Oracle): void {
  words(world, oracle);
  writers(world, oracle);
  commands(world, oracle);
  tables(world, oracle);
  journalled(world, oracle);
  for (const what of world.api.wentBack)
    oracle.violate('went back', what, 'it was told before, or by a former owner');
  stories(world, oracle);
  writtenInOrder(world, oracle);
  toldIsJournalled(world, oracle);
  collectors(world, oracle);
  for (const { message, text } of world.kernel.breakdowns) oracle.violate('breakdown', message, text);
}

/** Never two writers in one epoch. */
function writers(world: World, oracle: Oracle): void {
  const owners = new Map<string, string>();
  for (const { event, ownerEpoch } of world.plant.database.journal.lines) {
    const teller = oracle.tellers.get(event.eventId);
    if (teller === undefined) continue;
    const term = `${event.partition} epoch ${ownerEpoch}`;
    const known = owners.get(term) ?? teller;
    owners.set(term, known);
    if (known !== teller) oracle.violate('two writers', term, `${known} and ${teller}`);
  }
}

/**
 * What an operator was told is durable is in the journal; nothing counts twice. (An owner that could not know that
 * another had taken over may have done the same: that is evidence, marked superseded.)
 */
function commands(world: World, oracle: Oracle): void {
  const { lines } = world.plant.database.journal;
  for (const { commandId, outcome, alarmId } of world.api.commands.values()) {
    const found = lines.filter((l) => l.event.comment === commandId);
    const count = found.filter((l) => !l.event.superseded).length;
    if (outcome === 'durable' && found.length === 0)
      oracle.violate('lost command', commandId, `${alarmId}: told as durable, not in the journal`);
    if (count > 1) oracle.violate('repeated command', commandId, `${alarmId}: ${count} times in the journal`);
  }
}

/** The journal replayed, the table, what the owners tell and what the api has are one. */
function tables(world: World, oracle: Oracle): void {
  const { journal } = world.plant.database;
  const replayed = new Map<string, { epoch: number; alarm: Alarm }>();
  for (const { event, ownerEpoch } of journal.lines)
    if (!event.superseded && (replayed.get(event.alarmId)?.epoch ?? 0) <= ownerEpoch)
      replayed.set(event.alarmId, { epoch: ownerEpoch, alarm: event.state });
  const stored = standings(journal.all().map((s) => s.alarm));
  for (const [alarmId, { alarm }] of replayed)
    if (stored.get(alarmId) !== standingOf(alarm))
      oracle.violate(
        'journal differs',
        alarmId,
        `journal ${standingOf(alarm)}, table ${stored.get(alarmId)}`,
      );
  const table = standings(journal.table().alarms);
  const api = [
    ...world.api.table.list('station', () => true),
    ...world.api.table.list('dispatch', () => true),
  ];
  compare(oracle, 'api differs', table, standings(api));
  for (const { alarmId, journalled: isJournalled } of api)
    if (!isJournalled) oracle.violate('unjournalled', alarmId, 'the api still waits for the journal');
  compare(oracle, 'owner differs', table, standings(oracle.toldTables()));
}

function compare(
  oracle: Oracle,
  rule: string,
  expected: Map<string, string>,
  found: Map<string, string>,
): void {
  for (const alarmId of new Set([...expected.keys(), ...found.keys()]))
    if (expected.get(alarmId) !== found.get(alarmId))
      oracle.violate(rule, alarmId, `table ${expected.get(alarmId)}, found ${found.get(alarmId)}`);
}

/** What was rightly active while the storm went on has its raising in the journal. */
function journalled(world: World, oracle: Oracle): void {
  const raised = new Set(
    world.plant.database.journal.lines
      .filter((l) => l.event.kind === 'raised')
      .map((l) => `${l.event.alarmId} ${l.event.occurrence}`),
  );
  for (const { alarmId, occurrence } of oracle.witnessed)
    if (!raised.has(`${alarmId} ${occurrence}`))
      oracle.violate(
        'not journalled',
        alarmId,
        `occurrence ${occurrence} was told and is not in the journal`,
      );
}

/** Nothing waits any more, and everything that came is counted. */
function collectors(world: World, oracle: Oracle): void {
  for (const { name, running, isAlive } of world.collectors) {
    if (!isAlive || !running) {
      oracle.violate('not running', name, 'it should');
      continue;
    }
    const facts = running.facts();
    if (facts.spool.entries > 0) oracle.violate('spool not empty', name, `${facts.spool.entries} entries`);
    if (facts.database !== 'up') oracle.violate('database away', name, 'it is there');
  }
}
