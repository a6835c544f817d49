import { Injectable, computed, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { GRANTS, type Permission, type SignIn, User, positionOf } from '@linepack/contracts';
import { z } from 'zod';
import { Api, ApiProblem } from '../core/api';
import { Link } from '../core/link';
import { readSetting, writeSetting } from '../core/settings';

/** Kept beside the session's cookie, which scripts cannot see: without it nobody asks who is signed in. */
const SIGNED_IN = 'linepack.signedIn';

/** Who is signed in, and what he may. What he may not is not offered; the server refuses it anyway. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  private readonly api = inject(Api);
  private readonly link = inject(Link);
  private readonly router = inject(Router);

  readonly user = signal<User | null>(null);
  /** The server did not answer when the page was opened: signing in must wait. */
  readonly unreachable = signal(false);
  readonly position = computed(() => {
    const user = this.user();
    return user ? positionOf(user.role) : null;
  });
  /** A station chief with one station: his own page is his home. */
  readonly homeStation = computed(() => {
    const stations = this.user()?.stations;
    return stations?.length === 1 ? (stations[0] ?? null) : null;
  });

  constructor() {
    this.link.denied.subscribe(() => void this.confirm());
    this.api.signedOut.subscribe(() => {
      if (!this.user()) return;
      this.forget();
      void this.router.navigate(['/sign-in'], { queryParams: { expired: 1, to: this.router.url } });
    });
  }

  /** Asks who is signed in; nobody any more ends in the sign-in page, by `signedOut`. */
  private async confirm(): Promise<void> {
    try {
      await this.api.get('/api/auth/me', User);
    } catch (fault) {
      console.info(`the session could not be confirmed: ${String(fault)}`);
    }
  }

  may(permission: Permission): boolean {
    const user = this.user();
    return user !== null && GRANTS[user.role].includes(permission);
  }

  /** Takes up the session the browser's cookie still holds. */
  async resume(): Promise<void> {
    if (readSetting(SIGNED_IN) !== 'yes') return;
    try {
      this.accept(await this.api.get('/api/auth/me', User));
    } catch (fault) {
      const refused = fault instanceof ApiProblem && fault.status === 401;
      this.unreachable.set(!refused);
      if (refused) writeSetting(SIGNED_IN, 'no');
    }
  }

  async signIn(credentials: SignIn): Promise<void> {
    await this.api.post('/api/auth/sign-in', credentials, z.unknown());
    this.accept(await this.api.get('/api/auth/me', User));
  }

  async signOut(): Promise<void> {
    try {
      await this.api.post('/api/auth/sign-out', {}, z.unknown());
    } finally {
      this.forget();
      // A full load: nothing of the user before stays in memory for the next one.
      location.assign('/sign-in');
    }
  }

  private accept(user: User): void {
    this.unreachable.set(false);
    writeSetting(SIGNED_IN, 'yes');
    this.user.set(user);
    this.link.open();
  }

  private forget(): void {
    this.link.close();
    writeSetting(SIGNED_IN, 'no');
    this.user.set(null);
  }
}
