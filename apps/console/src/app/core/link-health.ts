/** The server beats every two seconds (contracts: socket). */
export const BEAT_MS = 2_000;

/** Two missed heartbeats, and half a second for the network. */
export const LOST_AFTER_MS = 2 * BEAT_MS + 500;

export interface LinkObservation {
  /** Whether the socket says it is connected. */
  readonly connected: boolean;
  /** Milliseconds since the last heartbeat; null when none came yet. */
  readonly sinceBeatMs: number | null;
  /** Milliseconds since the first attempt to connect. */
  readonly sinceStartMs: number;
}

export type LinkState = 'connecting' | 'up' | 'lost';

/**
 * Whether what is on the screen can be believed. A socket that calls itself connected but no longer beats is lost all
 * the same: half-open connections stay "connected" for minutes.
 */
export function linkState(seen: LinkObservation): LinkState {
  if (seen.sinceBeatMs === null) return seen.sinceStartMs > LOST_AFTER_MS ? 'lost' : 'connecting';
  if (!seen.connected || seen.sinceBeatMs > LOST_AFTER_MS) return 'lost';
  return 'up';
}
