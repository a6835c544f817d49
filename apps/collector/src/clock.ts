import { microsFromMs, type Micros } from '@linepack/network';

/** The collector's own clock, microseconds. */
export const nowMicros = (): Micros => microsFromMs(Date.now());
