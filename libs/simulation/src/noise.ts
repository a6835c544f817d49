// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { floor, imul, sqrt } = Math;

/**
 * Noise that is a function of (seed, channel, time) and keeps no state: the same instant gives the same noise
 * however the simulation came there, so that a history computed again is the same history.
 */

/** 32-bit mix (the finaliser of MurmurHash3): every input bit reaches every output bit. */
function mix(hash: number): number {
  let h = hash;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform in [0, 1) for a seed, a channel and an index; all integers. */
export function uniformAt(seed: number, channel: number, index: number): number {
  // An index beyond 32 bits (milliseconds) keeps its high part.
  const high = floor(index / 0x1_0000_0000);
  const h = mix(seed ^ mix(channel + 0x9e3779b9) ^ mix((index >>> 0) + imul(high, 0x27d4eb2f)));
  return mix(h + imul(channel, 0x165667b1)) / 0x1_0000_0000;
}

/** Close to standard normal, bounded by ±3.46: twelve-sum halved to four terms, enough for instrument noise. */
export function gaussianAt(seed: number, channel: number, index: number): number {
  let sum = 0;
  for (let k = 0; k < 4; k++) sum += uniformAt(seed + k * 7_919, channel, index);
  return (sum - 2) * sqrt(3);
}

/** White noise held for `periodS`: what an instrument that scans every `periodS` seconds shows. */
export function scanNoise(seed: number, channel: number, timeS: number, periodS: number): number {
  return gaussianAt(seed, channel, floor(timeS / periodS));
}

/** Smooth noise of about unit size that wanders with the given period; continuous in time. */
export function slowNoise(seed: number, channel: number, timeS: number, periodS: number): number {
  const index = floor(timeS / periodS);
  const u = timeS / periodS - index;
  const ease = u * u * (3 - 2 * u);
  const a = gaussianAt(seed, channel, index);
  return a + (gaussianAt(seed, channel, index + 1) - a) * ease;
}

/** A channel number for a name, so that adding a tag does not shift the noise of the others. */
export function channelOf(name: string): number {
  const known = CHANNELS.get(name);
  if (known !== undefined) return known;
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = imul(h ^ name.charCodeAt(i), 0x01000193);
  CHANNELS.set(name, h >>> 0);
  return h >>> 0;
}

/** Names once numbered; a plant has a few hundred of them. */
const CHANNELS = new Map<string, number>();
