import type { Alarm } from '@linepack/contracts';

const isMasked = ({ shelvedUntil, suppressedBy, outOfService }: Alarm): boolean =>
  shelvedUntil !== null || suppressedBy !== null || outOfService;

/**
 * Whether a state would take back what is known of its alarm, by the rules that hold for every alarm (libs/alarm,
 * SPEC S2, S3, C2): occurrences never go back, one that returned is not active again, and what was noted of it stays
 * noted until a mask goes. Such a state is older, however late it comes.
 */
export function takesBack(state: Alarm, known: Alarm): boolean {
  if (state.occurrence !== known.occurrence) return state.occurrence < known.occurrence;
  if (state.active && !known.active) return true;
  return (
    !isMasked(known) &&
    (['station', 'dispatch'] as const).some((p) => known.noted[p] !== null && state.noted[p] === null)
  );
}

/**
 * Whether an alarm was written by a version that kept the alarms of a source that feeds one station with it. They belong
 * with the network (libs/alarm, SPEC V8), which tells of them alone.
 */
export const isMisplaced = ({ sourceId, partition }: Pick<Alarm, 'sourceId' | 'partition'>): boolean =>
  sourceId !== null && partition !== 'network';
