import { MICROS_PER_SECOND } from '@linepack/network';
import type { AlarmDefinition } from '../alarm';
import type { Says } from '../observation';
import type { StationStanding } from './communication';
import { levelAlarm, stationIdentity, type AlarmedStation } from './level';

/**
 * A power dip that makes all instruments Bad for a moment was not worth calling anybody. The return waits as long as
 * `communication` does to be raised: so that the one takes the other's place in the same moment. Microseconds.
 */
const QUALITY_DELAY = 2 * MICROS_PER_SECOND;

/** All instruments of a station are Bad though they can be heard: said once for the station, never once per tag. */
export const stationBadQuality = (station: AlarmedStation): AlarmDefinition =>
  levelAlarm(
    stationIdentity(station, 'badQuality'),
    { class: 'communication', condition: 'badQuality' },
    { onDelay: QUALITY_DELAY, offDelay: QUALITY_DELAY },
  );

const SAID: Readonly<Record<StationStanding, Says>> = {
  speaking: 'ended',
  bad: 'holds',
  silent: 'ended',
  unknown: 'neither',
};

export const stationIsBad = (standing: StationStanding): Says => SAID[standing];
