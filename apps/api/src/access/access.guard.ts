import { GRANTS } from '@linepack/contracts';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Socket } from 'socket.io';
import { SESSION_COOKIE } from '../auth/session-cookie';
import { SessionRegistry, type Session } from '../auth/session-registry';
import { ApiError, Forbidden, NotSignedIn } from '../http/errors';
import { assertSameOrigin } from './same-origin';
import { cookieOf, type ApiRequest } from '../http/request';
import { ACCESS, type Access } from './permit';

/**
 * Closed unless it names who may: every HTTP route and every socket event passes here, and one without `@Permit`,
 * `@SignedIn` or `@Open` is refused whoever asks.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new ApiError('internal', 500, 'This route names nobody who may call it.');
    if (context.getType() === 'ws') return this.admit(access, await this.sessionOfSocket(context));
    const request = context.switchToHttp().getRequest<ApiRequest>();
    assertSameOrigin(request);
    if (access.kind === 'open') return true;
    const token = cookieOf(request.headers.cookie, SESSION_COOKIE);
    request.session = (token === null ? null : await this.sessions.find(token)) ?? undefined;
    return this.admit(access, request.session ?? null);
  }

  private async sessionOfSocket(context: ExecutionContext): Promise<Session | null> {
    const socket = context.switchToWs().getClient<Socket>();
    const { session } = socket.data as { session?: Session };
    return session && this.sessions.isLive(session) ? session : null;
  }

  private admit(access: Access, session: Session | null): boolean {
    if (access.kind === 'open') return true;
    if (!session) throw new NotSignedIn();
    if (access.kind === 'permission' && !GRANTS[session.user.role].includes(access.permission))
      throw new Forbidden();
    return true;
  }
}
