import type { Alarm } from '@linepack/contracts';
import type { World } from '../world/world';
import type { Oracle } from './oracle';

/**
 * The journal of each alarm is one story, by ISA-18.2 alone: every occurrence is one more than the last and begins with
 * its raise, what was noted of it stays noted, and nothing returns that does not stand.
 */
export function stories(world: World, oracle: Oracle): void {
  const states = new Map<string, Alarm>();
  for (const { event } of world.plant.database.journal.lines) {
    if (event.superseded) continue;
    const fault = faultOf(states.get(event.alarmId), event);
    if (fault)
      oracle.violate(
        'broken story',
        event.alarmId,
        `entry ${event.seq}, ${event.kind} ${event.occurrence}: ${fault}`,
      );
    states.set(event.alarmId, event.state);
  }
}

function faultOf(
  before: Alarm | undefined,
  { kind, occurrence, state }: { kind: string; occurrence: number; state: Alarm },
): string | null {
  const last = before?.occurrence ?? 0;
  if (kind === 'raised') return occurrence === last + 1 ? null : `after occurrence ${last}`;
  if (occurrence !== last) return `of occurrence ${last}`;
  if (kind === 'returned' && !before?.active) return 'it had returned';
  const forgotten = (['station', 'dispatch'] as const).find((p) => before?.noted[p] && !state.noted[p]);
  return forgotten ? `what ${forgotten} had noted is gone` : null;
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
