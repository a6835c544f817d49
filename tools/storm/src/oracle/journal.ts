import type { Alarm } from '@linepack/contracts';
import type { World } from '../world/world';
import type { Oracle } from './oracle';

/**
 * The journal of each alarm is one story, by ISA-18.2 alone: occurrences never go back and each has its raise, what was
 * noted of one stays noted, and nothing returns that does not stand. (The raise may be evidence: where a disk could not
 * be read for a while it comes after what came after it.)
 */
export function stories(world: World, oracle: Oracle): void {
  const { lines } = world.plant.database.journal;
  const raised = new Set(
    lines.filter((l) => l.event.kind === 'raised').map((l) => `${l.event.alarmId} ${l.event.occurrence}`),
  );
  const states = new Map<string, Alarm>();
  for (const { event } of lines) {
    const { alarmId, occurrence, kind, seq } = event;
    const tell = (fault: string): void =>
      oracle.violate('broken story', alarmId, `entry ${seq}, ${kind} ${occurrence}: ${fault}`);
    if (!raised.has(`${alarmId} ${occurrence}`)) tell('never raised');
    if (event.superseded) continue;
    const fault = faultOf(states.get(alarmId), event, hasForgotten(world));
    if (fault) tell(fault);
    states.set(alarmId, event.state);
  }
}

function faultOf(
  before: Alarm | undefined,
  { kind, occurrence, state }: { kind: string; occurrence: number; state: Alarm },
  mayTellAnew: boolean,
): string | null {
  const last = before?.occurrence ?? 0;
  const isAnew = kind === 'raised' && occurrence === last && !mayTellAnew;
  if (occurrence < last || isAnew) return `after occurrence ${last}`;
  if (occurrence > last || !before) return null;
  if (kind === 'returned' && !before.active && !mayTellAnew) return 'it had returned';
  const forgotten = (['station', 'dispatch'] as const).find((p) => before.noted[p] && !state.noted[p]);
  return forgotten ? `what ${forgotten} had noted is gone` : null;
}

/** Whether somebody began without knowing all that had been told, and may have told it anew. */
const hasForgotten = (world: World): boolean => world.collectors.some((c) => c.forgotten);

/**
 * Evidence has a cause: a younger owner, or what was known when its teller began: a disk that could not be read for a
 * while, or a start from the copy on disk. Otherwise what was told in its order was not written in it.
 */
export function writtenInOrder(world: World, oracle: Oracle): void {
  if (hasForgotten(world)) return;
  for (const { event, ownerEpoch } of world.plant.database.journal.lines) {
    const { partition, superseded, alarmId, kind, occurrence } = event;
    if (superseded && ownerEpoch === world.plant.database.leases.epochOf(partition))
      oracle.violate('out of order', alarmId, `${kind} ${occurrence} came after what came after it`);
  }
}

/**
 * Whatever a collector told everybody is in the journal, if only as evidence, as long as the collector lives: what
 * neither database nor disk takes waits in its memory.
 */
export function toldIsJournalled(world: World, oracle: Oracle): void {
  const journalled = new Set(world.plant.database.journal.lines.map((l) => l.event.eventId));
  for (const { event, process } of oracle.told)
    if (process.isAlive && !journalled.has(event.eventId))
      oracle.violate('told and lost', event.alarmId, `${event.kind} ${event.occurrence} by ${process.name}`);
}
