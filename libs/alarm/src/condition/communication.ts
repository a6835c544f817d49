import { MICROS_PER_SECOND } from '@linepack/network';
import type { AlarmDefinition } from '../alarm';
import type { Says } from '../observation';
import {
  levelAlarm,
  sourceIdentity,
  stationIdentity,
  type AlarmedSource,
  type AlarmedStation,
} from './level';

const KIND = { class: 'communication', condition: 'communication' } as const;

/** A link that is back within this time was not worth calling anybody. Microseconds. */
const LINK_DELAY = 2 * MICROS_PER_SECOND;

/** A whole source cannot be heard: said once, never once per tag or station. */
export const sourceCommunication = (source: AlarmedSource): AlarmDefinition =>
  levelAlarm(sourceIdentity(source, 'communication'), KIND, { onDelay: LINK_DELAY });

/** One station cannot be heard though a source of it is there. */
export const stationCommunication = (station: AlarmedStation): AlarmDefinition =>
  levelAlarm(stationIdentity(station, 'communication'), KIND, { onDelay: LINK_DELAY });

/**
 * How the instruments of a station stand that its living sources carry: `speaking` when one of them is usable,
 * `unknown` when no source of it lives or one of them has still time to speak, `silent` when of one at least nothing can
 * be heard, `bad` when all are Bad for other reasons.
 */
export type StationStanding = 'speaking' | 'silent' | 'bad' | 'unknown';

const SAID: Readonly<Record<StationStanding, Says>> = {
  speaking: 'ended',
  bad: 'ended',
  silent: 'holds',
  unknown: 'neither',
};

export const stationSilent = (standing: StationStanding): Says => SAID[standing];
