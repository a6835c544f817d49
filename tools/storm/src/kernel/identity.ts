import { Random } from './random';

let source = new Random(0, 'identity');

/** From now on identities come from this stream. */
export const identitiesFrom = (random: Random): void => {
  source = random;
};

/** Stands in for `node:crypto`'s function of this name while the storm's bundle is built: chance belongs to the seed. */
export const randomUUID = (): string => source.uuid();
