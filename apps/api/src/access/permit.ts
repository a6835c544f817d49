import type { Permission } from '@linepack/contracts';
import { SetMetadata } from '@nestjs/common';

/** Metadata key under which a route or socket event names who may. */
export const ACCESS = 'linepack:access';

export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'session' }
  | { readonly kind: 'permission'; readonly permission: Permission };

/** Whoever holds the permission may call this. */
export const Permit = (permission: Permission) =>
  SetMetadata(ACCESS, { kind: 'permission', permission } satisfies Access);

/** Whoever is signed in may call this: it concerns only himself, or what everybody needs to read the screen. */
export const SignedIn = () => SetMetadata(ACCESS, { kind: 'session' } satisfies Access);

/** Anybody may call this without signing in. */
export const Open = () => SetMetadata(ACCESS, { kind: 'open' } satisfies Access);
