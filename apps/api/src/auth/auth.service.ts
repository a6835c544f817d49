import type { ChangePassword, SignIn, User } from '@linepack/contracts';
import { UserRepository, type UserWithPassword } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail';
import { DatabaseGate } from '../database/database-gate';
import { BadCredentials, DatabaseAway } from '../http/errors';
import { Passwords } from './passwords';
import { SessionRegistry, type Session } from './session-registry';
import { SignInThrottle } from './sign-in-throttle';

/** Signing in and out, and changing one's own password. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(SignInThrottle) private readonly throttle: SignInThrottle,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
  ) {}

  /**
   * @returns the user, and the token for his cookie
   * @throws BadCredentials TooManyAttempts DatabaseAway
   */
  async signIn({ userName, password }: SignIn, address: string): Promise<{ user: User; token: string }> {
    this.throttle.enter(userName, address);
    const account = await this.accountOf(userName, address);
    const isRight = (await this.fits(account, password)) && account && !account.disabled;
    const opened = isRight ? await this.sessions.open(account) : null;
    if (!opened) {
      await this.tell('auth.signInFailed', userName, address);
      throw new BadCredentials();
    }
    this.throttle.succeeded(userName, address);
    await this.tell('auth.signIn', userName, address);
    return { user: opened.session.user, token: opened.token };
  }

  /** Ends the session, here and in the database. @throws DatabaseAway when it is ended here only */
  async signOut(session: Session, address: string): Promise<void> {
    await this.tell('auth.signOut', session.user.userName, address);
    await this.sessions.end(session);
  }

  /**
   * Changes the user's own password and ends his other sessions.
   * @throws BadCredentials TooManyAttempts DatabaseAway
   */
  async changePassword(session: Session, { current, next }: ChangePassword, address: string): Promise<void> {
    const { userName } = session.user;
    this.throttle.enter(userName, address);
    const account = await this.accountOf(userName, address);
    if (!(await this.fits(account, current)) || !account) throw new BadCredentials();
    this.throttle.succeeded(userName, address);
    const change = { from: account.passwordHash, to: await this.passwords.hash(next) };
    const own = Buffer.from(session.id, 'hex');
    if (!(await this.gate.run(() => this.users.changePassword(userName, change, own))))
      throw new BadCredentials();
    this.sessions.dropOthers(session);
    // It is done: an entry that waits in memory only, which the log says, does not make it undone.
    await this.tell('auth.passwordChanged', userName, address).catch(() => undefined);
  }

  private async accountOf(userName: string, address: string): Promise<UserWithPassword | null> {
    try {
      return await this.gate.run(() => this.users.find(userName));
    } catch (error) {
      if (error instanceof DatabaseAway) this.throttle.takeBack(userName, address);
      throw error;
    }
  }

  private fits(account: UserWithPassword | null, password: string): Promise<boolean> {
    return account
      ? this.passwords.matches(account.passwordHash, password)
      : this.passwords.matchNobody(password);
  }

  private tell(
    action: 'auth.signIn' | 'auth.signInFailed' | 'auth.signOut' | 'auth.passwordChanged',
    userName: string,
    address: string,
  ): Promise<void> {
    return this.audit.record({ actor: userName, address, action, target: userName, old: null, new: null });
  }
}
