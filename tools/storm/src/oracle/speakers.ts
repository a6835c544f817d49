import type { SimulatedProcess } from '../kernel/process';
import type { World } from '../world/world';
import type { Calm } from './calm';

/** A collector that could reach leases and bus for so long is known to all others that could, s. */
const KNOWN_AFTER_S = 30;

/** What a collector says of a partition, and by which right. */
export interface Spoken {
  readonly process: SimulatedProcess;
  readonly partition: string;
  readonly epoch: number;
}

/**
 * Nobody speaks for a partition that another has: a lease is over for its holder before it is free for others. Only a
 * newcomer, whom one that is cut off cannot know, may be a second one.
 */
export function speaksBesideOwner(
  { plant: { database, kernel, bus }, collectors }: World,
  calm: Calm,
  { process, partition, epoch }: Spoken,
): string | null {
  const owner = database.leases.ownerOf(partition);
  const youngest = database.leases.epochOf(partition);
  const speaker = process.computer.name;
  if (owner === null || owner === speaker || youngest <= epoch) return null;
  const other = collectors.find((c) => c.name === owner);
  const asked = database.askedAt.get(speaker) ?? 0;
  const known = Math.min(kernel.now, asked) - KNOWN_AFTER_S * 1e6;
  const isKnown =
    other !== undefined &&
    other.routes.bus.state === 'open' &&
    bus.isUp &&
    Math.max(calm.ownsSince(other), other.routes.bus.openSince, bus.upSince) < known;
  return isKnown ? `${speaker} says something under epoch ${epoch}, ${owner} has it under ${youngest}` : null;
}
