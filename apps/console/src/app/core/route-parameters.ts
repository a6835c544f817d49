import type { CanMatchFn } from '@angular/router';
import { GasDay } from '@linepack/contracts';

/** The network file's form of an id. */
const ID = /^[a-z0-9][a-z0-9-]{0,47}$/;

/**
 * An address whose parameters cannot be what they stand for is no address of ours: the route does not match, and the
 * page that says so is shown instead of one that fails on them. `at` counts the segments of the route from 0.
 */
const segment =
  (at: number, accepted: (text: string) => boolean): CanMatchFn =>
  (_route, segments) =>
    accepted(segments[at]?.path ?? '');

/** An id of a station or area. */
export const anId = (at: number): CanMatchFn => segment(at, (text) => ID.test(text));

/** A gas day of the calendar, YYYY-MM-DD. */
export const aGasDay = (at: number): CanMatchFn => segment(at, (text) => GasDay.safeParse(text).success);
