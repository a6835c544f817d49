import { text } from '@linepack/network';
import { z } from 'zod';

/** Roles of the console (docs: people and what they come for). */
export const ROLES = ['dispatcher', 'chief', 'metrology', 'stationChief', 'maintainer', 'viewer'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** What a route or socket event may demand. Every one of them names exactly one. */
export const PERMISSIONS = [
  'station.read',
  'alarm.read',
  'alarm.acknowledge',
  'loss.read',
  'diagnostics.read',
  'audit.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const everybody: Permission[] = ['station.read', 'alarm.read'];

/** Who may what. A station chief's permissions hold for his stations only. */
export const GRANTS: Record<Role, readonly Permission[]> = {
  dispatcher: [...everybody, 'alarm.acknowledge', 'loss.read', 'diagnostics.read'],
  chief: [...everybody, 'alarm.acknowledge', 'loss.read', 'diagnostics.read', 'audit.read'],
  metrology: [...everybody, 'loss.read', 'diagnostics.read'],
  stationChief: [...everybody, 'alarm.acknowledge'],
  maintainer: [...everybody, 'diagnostics.read', 'audit.read'],
  viewer: [...everybody, 'loss.read'],
};

/** An alarm is answered for at two positions; each acknowledges for itself. */
export const Position = z.enum(['station', 'dispatch']);
export type Position = z.infer<typeof Position>;

/** The position a role acknowledges from; null: it may not. */
export const positionOf = (role: Role): Position | null =>
  role === 'stationChief' ? 'station' : role === 'dispatcher' || role === 'chief' ? 'dispatch' : null;

/** The signed-in user, as `GET /api/auth/me` answers. */
export const User = z.object({
  userName: text(),
  displayName: text(),
  role: Role,
  stations: z.array(text()).nullable().describe('Stations he is bound to; null: all'),
});
export type User = z.infer<typeof User>;

export const SignIn = z.strictObject({
  userName: text().min(1).max(64),
  password: text().min(1).max(256),
});
export type SignIn = z.infer<typeof SignIn>;

/** Shortest password a user may choose, characters. */
export const MIN_PASSWORD_LENGTH = 10;

/** `POST /api/auth/password`: one's own. */
export const ChangePassword = z.strictObject({
  current: text().min(1).max(256),
  next: text().min(MIN_PASSWORD_LENGTH, `expected at least ${MIN_PASSWORD_LENGTH} characters`).max(256),
});
export type ChangePassword = z.infer<typeof ChangePassword>;
