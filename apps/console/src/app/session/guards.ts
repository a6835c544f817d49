import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import type { Permission } from '@linepack/contracts';
import { SessionStore } from './session.store';

export const signedIn: CanActivateFn = (_route, state) =>
  inject(SessionStore).user() !== null ||
  inject(Router).createUrlTree(['/sign-in'], state.url === '/' ? {} : { queryParams: { to: state.url } });

export const signedOut: CanActivateFn = () =>
  inject(SessionStore).user() === null || inject(Router).createUrlTree(['/']);

/** Opens a page to those who may; others are told so instead of being shown an empty one. */
export const permitted =
  (permission: Permission): CanActivateFn =>
  () =>
    inject(SessionStore).may(permission) || inject(Router).createUrlTree(['/forbidden']);

/** A station chief begins at his station, everybody else at the network. */
export const homeGuard: CanActivateFn = () => {
  const station = inject(SessionStore).homeStation();
  return inject(Router).createUrlTree(station ? ['/stations', station] : ['/overview']);
};
