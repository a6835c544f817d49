import type { User } from '@linepack/contracts';
import { Forbidden } from '../http/errors';

type Bound = Pick<User, 'stations'>;

/**
 * Whether a user may see what belongs to a station. What belongs to no station (null) is network-wide, and not for a
 * user who is bound to stations.
 */
export const maySee = (user: Bound, stationId: string | null): boolean =>
  user.stations === null || (stationId !== null && user.stations.includes(stationId));

/**
 * For what concerns the network as a whole. What belongs to one station is asked of `maySee`, and is not there for who
 * may not see it: another answer would tell him that it exists.
 * @throws Forbidden when the user is bound to stations
 */
export function assertSeesNetwork(user: Bound): void {
  if (!maySee(user, null)) throw new Forbidden('This is for users who are bound to no station.');
}
