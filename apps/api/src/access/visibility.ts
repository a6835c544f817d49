import type { User } from '@linepack/contracts';
import { Forbidden } from '../http/errors';

type Bound = Pick<User, 'stations'>;

/**
 * Whether a user may see what belongs to a station. What belongs to no station (null) is network-wide, and not for a
 * user who is bound to stations.
 */
export const maySee = (user: Bound, stationId: string | null): boolean =>
  user.stations === null || (stationId !== null && user.stations.includes(stationId));

/** @throws Forbidden when the user is bound to other stations */
export function assertMaySee(user: Bound, stationId: string | null): void {
  if (!maySee(user, stationId)) throw new Forbidden('This belongs to a station you are not bound to.');
}
