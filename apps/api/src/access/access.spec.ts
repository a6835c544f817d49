import 'reflect-metadata';
import { GRANTS, PERMISSIONS, ROLES, type Permission, type Role } from '@linepack/contracts';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Session, SessionRegistry } from '../auth/session-registry';
import { ApiError } from '../http/errors';
import { AccessGuard } from './access.guard';
import { Open, Permit, SignedIn } from './permit';
import { isOf } from './same-origin';
import { maySee } from './visibility';

const sessionOf = (role: Role): Session => ({
  id: role,
  user: { userName: role, displayName: role, role, stations: null },
  createdAt: 0,
  expiresAt: 1,
});

const guard = new AccessGuard(new Reflector(), {
  find: async (token: string) => (ROLES.includes(token as Role) ? sessionOf(token as Role) : null),
} as unknown as SessionRegistry);

class Routes {
  @Permit('audit.read') audit(): void {}
  @SignedIn() me(): void {}
  @Open() health(): void {}
  bare(): void {}
}

/** What the guard answers to a request of a role: true, or the code it refuses with. */
async function ask(
  handler: () => void,
  role: Role | null,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const request = {
    method: headers['method'] ?? 'GET',
    host: 'console:8080',
    headers: { ...(role ? { cookie: `other=1; linepack_session=${role}` } : {}), ...headers },
  };
  const context = {
    getType: () => 'http',
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  return guard.canActivate(context).catch((error: unknown) => {
    if (error instanceof ApiError) return error.code;
    throw error;
  });
}

const { audit, me, health, bare } = Routes.prototype;

describe('the guard', () => {
  it.each(ROLES)('lets %s to what his role was granted, and to nothing else', async (role) => {
    for (const permission of PERMISSIONS) {
      const handler = permitted(permission);
      expect([permission, await ask(handler, role)]).toEqual([
        permission,
        GRANTS[role].includes(permission) ? true : 'forbidden',
      ]);
    }
  });

  it('lets whoever is signed in to what is his own, and everybody to what is open', async () => {
    expect(await ask(me, 'viewer')).toBe(true);
    expect(await ask(me, null)).toBe('notSignedIn');
    expect(await ask(audit, null)).toBe('notSignedIn');
    expect(await ask(health, null)).toBe(true);
  });

  it('refuses what names nobody, whoever asks', async () => {
    for (const role of ROLES) expect(await ask(bare, role)).toBe('internal');
  });

  it.each([
    [{ method: 'POST', origin: 'http://console:8080' }, true],
    [{ method: 'POST' }, true],
    [{ method: 'GET', origin: 'http://evil.example' }, true],
    [{ method: 'POST', origin: 'http://evil.example' }, 'foreignOrigin'],
    [{ method: 'POST', origin: 'http://console:9090' }, 'foreignOrigin'],
    [{ method: 'POST', origin: 'null' }, 'foreignOrigin'],
    [{ method: 'DELETE', 'sec-fetch-site': 'cross-site' }, 'foreignOrigin'],
    [{ method: 'POST', 'sec-fetch-site': 'same-site' }, 'foreignOrigin'],
    [{ method: 'POST', 'sec-fetch-site': 'same-origin', origin: 'http://console:8080' }, true],
  ])('a request with %j', async (headers, answer) => {
    expect(await ask(me, 'viewer', headers as unknown as Record<string, string>)).toBe(answer);
  });
});

function permitted(permission: Permission): () => void {
  const handler = (): void => undefined;
  Permit(permission)(handler);
  return handler;
}

describe('an origin', () => {
  it('is of the host it names, port included', () => {
    expect(isOf('https://linepack.example', 'linepack.example')).toBe(true);
    expect(isOf('http://linepack.example:8080', 'linepack.example')).toBe(false);
    expect(isOf('', 'linepack.example')).toBe(false);
  });
});

describe('who is bound to stations', () => {
  it('sees his stations, and nothing that is of no station', () => {
    expect(maySee({ stations: ['a'] }, 'a')).toBe(true);
    expect(maySee({ stations: ['a'] }, 'b')).toBe(false);
    expect(maySee({ stations: ['a'] }, null)).toBe(false);
    expect(maySee({ stations: [] }, 'a')).toBe(false);
    expect(maySee({ stations: null }, null)).toBe(true);
  });
});
