/** Injection token of the clock: milliseconds since the epoch. */
export const CLOCK = Symbol('Clock');
export type Clock = () => number;
