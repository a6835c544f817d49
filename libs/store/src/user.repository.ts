import type { Role, User } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { Queryable } from './database';

export interface UserWithPassword {
  readonly user: User;
  /** As the api wrote it (argon2id in PHC form). */
  readonly passwordHash: string;
  readonly disabled: boolean;
}

interface UserRow {
  userName: string;
  displayName: string;
  role: Role;
  stations: string[] | null;
}
const USER = `u.user_name as "userName", u.display_name as "displayName", u.role, u.stations`;

/** Accounts of the console. */
export class UserRepository {
  constructor(private readonly db: Queryable) {}

  async find(userName: string): Promise<UserWithPassword | null> {
    const { rows } = await this.db.query<UserRow & { passwordHash: string; disabled: boolean }>(
      `select ${USER}, u.password_hash as "passwordHash", u.disabled from app_user u where u.user_name = $1`,
      [userName],
    );
    const row = rows[0];
    if (!row) return null;
    const { passwordHash, disabled, ...user } = row;
    return { user, passwordHash, disabled };
  }

  async list(): Promise<(User & { disabled: boolean })[]> {
    const { rows } = await this.db.query<UserRow & { disabled: boolean }>(
      `select ${USER}, u.disabled from app_user u order by u.user_name limit 10000`,
    );
    return rows;
  }

  async count(): Promise<number> {
    const { rows } = await this.db.query<{ n: number }>('select count(*)::float8 as n from app_user');
    return rows[0]?.n ?? 0;
  }

  /** Adds an account, or changes the one of that name. */
  async save(user: User, passwordHash: string): Promise<void> {
    await this.db.query(
      `insert into app_user (user_name, display_name, password_hash, role, stations) values ($1, $2, $3, $4, $5)
       on conflict (user_name) do update set display_name = excluded.display_name,
         password_hash = excluded.password_hash, role = excluded.role, stations = excluded.stations`,
      [user.userName, user.displayName, passwordHash, user.role, user.stations],
    );
  }

  /** Adds an account unless one of that name is there. @returns whether it was added */
  async addIfAbsent(user: User, passwordHash: string): Promise<boolean> {
    const { rowCount } = await this.db.query(
      `insert into app_user (user_name, display_name, password_hash, role, stations) values ($1, $2, $3, $4, $5)
       on conflict (user_name) do nothing`,
      [user.userName, user.displayName, passwordHash, user.role, user.stations],
    );
    return rowCount === 1;
  }

  /**
   * Changes a password and ends all of the user's sessions but one, both or neither: one statement.
   * @param change.from the hash the old password was checked against
   * @returns whether it still was the user's
   */
  async changePassword(
    userName: string,
    change: { readonly from: string; readonly to: string },
    keep: Buffer,
  ): Promise<boolean> {
    const { rows } = await this.db.query(
      `with changed as (
         update app_user set password_hash = $3 where user_name = $1 and password_hash = $2 returning user_name
       ), ended as (
         delete from session using changed where session.user_name = changed.user_name and token_hash <> $4
       )
       select from changed`,
      [userName, change.from, change.to, keep],
    );
    return rows.length === 1;
  }

  /** Bars an account and ends its sessions. */
  async disable(userName: string): Promise<void> {
    await this.db.query(
      `with barred as (update app_user set disabled = true where user_name = $1)
       delete from session where user_name = $1`,
      [userName],
    );
  }
}

export interface Session {
  readonly user: User;
  readonly createdAt: Micros;
  readonly expiresAt: Micros;
}

/** Server-side sessions, found by the digest of the cookie's token (never the token itself). */
export class SessionRepository {
  constructor(private readonly db: Queryable) {}

  /**
   * Starts a session of who proved the password with this hash. A change of password that is on its way is waited for:
   * the old one opens nothing once it has ended the sessions.
   * @returns whether it still is the password of an account that is not barred
   */
  async create(
    tokenHash: Buffer,
    account: { readonly userName: string; readonly passwordHash: string },
    at: Micros,
    expiresAt: Micros,
  ): Promise<boolean> {
    const { rowCount } = await this.db.query(
      `insert into session (token_hash, user_name, created_at, expires_at, last_seen_at)
       select $1, user_name, instant($4::bigint), instant($5::bigint), instant($4::bigint)
       from app_user where user_name = $2 and password_hash = $3 and not disabled for share`,
      [tokenHash, account.userName, account.passwordHash, at, expiresAt],
    );
    return rowCount === 1;
  }

  /** The session of a token that has not expired and whose account is not barred, or null. */
  async find(tokenHash: Buffer, at: Micros): Promise<Session | null> {
    const { rows } = await this.db.query<UserRow & { createdAt: Micros; expiresAt: Micros }>(
      `select ${USER}, micros(s.created_at) as "createdAt", micros(s.expires_at) as "expiresAt"
       from session s join app_user u using (user_name)
       where s.token_hash = $1 and s.expires_at > instant($2::bigint) and not u.disabled`,
      [tokenHash, at],
    );
    const row = rows[0];
    if (!row) return null;
    const { createdAt, expiresAt, ...user } = row;
    return { user, createdAt, expiresAt };
  }

  /** The session was used: it lives until `expiresAt`. */
  async touch(tokenHash: Buffer, at: Micros, expiresAt: Micros): Promise<void> {
    await this.db.query(
      `update session set last_seen_at = instant($2::bigint), expires_at = instant($3::bigint) where token_hash = $1`,
      [tokenHash, at, expiresAt],
    );
  }

  async end(tokenHash: Buffer): Promise<void> {
    await this.db.query('delete from session where token_hash = $1', [tokenHash]);
  }

  /** @returns how many were removed */
  async removeExpired(at: Micros): Promise<number> {
    const { rowCount } = await this.db.query('delete from session where expires_at <= instant($1::bigint)', [
      at,
    ]);
    return rowCount ?? 0;
  }
}
