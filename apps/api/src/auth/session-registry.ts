import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { User } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { SessionRepository, UserWithPassword } from '@linepack/store';
import type { Logger } from 'pino';
import type { DatabaseGate } from '../database/database-gate';
import { DatabaseAway } from '../http/errors';

const HOUR = 3_600_000;
/** A shift of 12 h with a margin, so that nobody is signed out in the middle of one. */
export const IDLE_MS = 16 * HOUR;
/** However busy it is, a session ends after this. */
export const ABSOLUTE_MS = 7 * 24 * HOUR;
/** How long the memory is trusted before the database is asked whether the user was barred or his role changed. */
const RECHECK_MS = 60_000;
/** How often the last use is written down. */
const TOUCH_MS = 5 * 60_000;

/** A signed-in user's session. Times in milliseconds since the epoch. */
export interface Session {
  /** SHA-256 of the token, hexadecimal; the token itself is only in the user's cookie. */
  readonly id: string;
  user: User;
  readonly createdAt: number;
  expiresAt: number;
}

interface Kept {
  readonly session: Session;
  checkedAt: number;
  touchedAt: number;
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
const micros = (ms: number): Micros => (ms * 1_000) as Micros;

/**
 * Sessions, stored in the database and kept in memory, so that who is signed in stays so while the database is away.
 */
export class SessionRegistry {
  private readonly kept = new Map<string, Kept>();
  private readonly endedListeners: ((sessionId: string) => void)[] = [];

  /** @param now the clock, ms since the epoch */
  constructor(
    private readonly repository: SessionRepository,
    private readonly gate: DatabaseGate,
    private readonly logger: Logger,
    private readonly now: () => number,
  ) {}

  /**
   * Starts a session.
   * @returns the session, and the token that goes into the cookie and nowhere else; null when the password was changed
   *   or the account barred while it was checked
   * @throws DatabaseAway
   */
  async open({
    user,
    passwordHash,
  }: Pick<UserWithPassword, 'user' | 'passwordHash'>): Promise<{ session: Session; token: string } | null> {
    const token = randomBytes(32).toString('base64url');
    const hash = digest(token);
    const now = this.now();
    const session = { id: hash.toString('hex'), user, createdAt: now, expiresAt: now + IDLE_MS };
    const account = { userName: user.userName, passwordHash };
    const isOpen = await this.gate.run(() =>
      this.repository.create(hash, account, micros(now), micros(session.expiresAt)),
    );
    if (!isOpen) return null;
    this.kept.set(session.id, { session, checkedAt: now, touchedAt: now });
    return { session, token };
  }

  /**
   * The living session of a token, and marks it as used.
   * @throws DatabaseAway when it is not in memory and the database cannot be asked
   */
  async find(token: string): Promise<Session | null> {
    const hash = digest(token);
    const kept = this.kept.get(hash.toString('hex')) ?? (await this.load(hash));
    if (!kept) return null;
    const now = this.now();
    if (kept.session.expiresAt <= now) return this.drop(kept.session.id);
    if (now - kept.checkedAt >= RECHECK_MS && !(await this.recheck(kept, hash))) return null;
    this.use(kept, hash, now);
    return kept.session;
  }

  /** Whether a session found before still lives. Looks only at memory. */
  isLive(session: Session): boolean {
    return this.kept.get(session.id)?.session === session && session.expiresAt > this.now();
  }

  /** A socket that is open is a use of its session: a screen on the wall is not idle. */
  keepAlive(session: Session): void {
    const kept = this.kept.get(session.id);
    if (kept) this.use(kept, Buffer.from(session.id, 'hex'), this.now());
  }

  /**
   * Ends a session for good.
   * @throws DatabaseAway when it could come back to life from the database; it is ended in memory all the same
   */
  async end(session: Session): Promise<void> {
    this.drop(session.id);
    await this.gate.run(() => this.repository.end(Buffer.from(session.id, 'hex')));
  }

  /** All of a user's sessions but one were ended in the database. */
  dropOthers(but: Session): void {
    const { userName } = but.user;
    for (const { session } of [...this.kept.values()])
      if (session.user.userName === userName && session.id !== but.id) this.drop(session.id);
  }

  /** Removes what expired from the database. */
  async removeExpired(): Promise<void> {
    await this.gate.run(() => this.repository.removeExpired(micros(this.now())));
  }

  /** Called when a session ends, and when its user's rights changed: whatever was opened under them must close. */
  onEnded(listener: (sessionId: string) => void): void {
    this.endedListeners.push(listener);
  }

  /** Drops what expired; asks the database again about those in `open`, whose sockets make no requests. */
  async sweep(open: readonly Session[]): Promise<void> {
    const now = this.now();
    for (const { session } of [...this.kept.values()]) if (session.expiresAt <= now) this.drop(session.id);
    for (const { id } of open) {
      const kept = this.kept.get(id);
      if (kept && now - kept.checkedAt >= RECHECK_MS) await this.recheck(kept, Buffer.from(id, 'hex'));
    }
  }

  private async load(hash: Buffer): Promise<Kept | null> {
    const now = this.now();
    const found = await this.gate.run(() => this.repository.find(hash, micros(now)));
    if (!found) return null;
    const id = hash.toString('hex');
    const session: Session = {
      id,
      user: found.user,
      createdAt: found.createdAt / 1_000,
      expiresAt: found.expiresAt / 1_000,
    };
    // Two requests may have asked at once: the first one's session is everybody's.
    const kept = this.kept.get(id) ?? { session, checkedAt: now, touchedAt: now };
    this.kept.set(id, kept);
    return kept;
  }

  private async recheck(kept: Kept, hash: Buffer): Promise<boolean> {
    try {
      const found = await this.gate.run(() => this.repository.find(hash, micros(this.now())));
      kept.checkedAt = this.now();
      if (found) this.renew(kept.session, found.user);
      else this.drop(kept.session.id);
      return found !== null;
    } catch (error) {
      if (error instanceof DatabaseAway) return true;
      throw error;
    }
  }

  private use(kept: Kept, hash: Buffer, now: number): void {
    const { session } = kept;
    session.expiresAt = Math.min(session.createdAt + ABSOLUTE_MS, now + IDLE_MS);
    if (now - kept.touchedAt < TOUCH_MS) return;
    kept.touchedAt = now;
    this.gate
      .run(() => this.repository.touch(hash, micros(now), micros(session.expiresAt)))
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseAway)) this.logger.error({ err: error }, 'session not touched');
      });
  }

  private renew(session: Session, user: User): void {
    if (isDeepStrictEqual(session.user, user)) return;
    session.user = user;
    this.tellEnded(session.id);
  }

  private drop(id: string): null {
    if (this.kept.delete(id)) this.tellEnded(id);
    return null;
  }

  private tellEnded(id: string): void {
    for (const listener of this.endedListeners) listener(id);
  }
}
