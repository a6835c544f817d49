import { ChangePassword, SignIn, User } from '@linepack/contracts';
import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { CurrentSession } from '../access/current-session';
import { Open, SignedIn } from '../access/permit';
import { addressOf, type ApiRequest, type ApiResponse } from '../http/request';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { AuthService } from './auth.service';
import { endedCookie, sessionCookie } from './session-cookie';
import type { Session } from './session-registry';

const schemeOf = (request: ApiRequest) => (request.secure ? 'https' : 'http');

@Controller('api/auth')
export class AuthController {
  constructor(@Inject(AuthService) private readonly auth: AuthService) {}

  @Post('sign-in')
  @HttpCode(200)
  @Open()
  @Describe({
    summary: 'Signs in: the session goes into an httpOnly cookie',
    body: SignIn,
    answer: User,
    problems: ['badCredentials', 'tooManyAttempts', 'databaseAway'],
  })
  async signIn(
    @Body(new ZodPipe(SignIn)) body: SignIn,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: ApiResponse,
  ): Promise<User> {
    const { user, token } = await this.auth.signIn(body, addressOf(request));
    response.setHeader('Set-Cookie', sessionCookie(token, schemeOf(request)));
    return user;
  }

  @Post('sign-out')
  @HttpCode(204)
  @SignedIn()
  @Describe({ summary: 'Ends the session and closes its sockets', status: 204, problems: ['databaseAway'] })
  async signOut(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: ApiResponse,
  ): Promise<void> {
    response.setHeader('Set-Cookie', endedCookie(schemeOf(request)));
    await this.auth.signOut(session, addressOf(request));
  }

  @Get('me')
  @SignedIn()
  @Describe({ summary: 'Who is signed in', answer: User })
  me(@CurrentSession() session: Session): User {
    return session.user;
  }

  @Post('password')
  @HttpCode(204)
  @SignedIn()
  @Describe({
    summary: "Changes one's own password and ends one's other sessions",
    body: ChangePassword,
    status: 204,
    problems: ['badCredentials', 'tooManyAttempts', 'databaseAway'],
  })
  async changePassword(
    @CurrentSession() session: Session,
    @Body(new ZodPipe(ChangePassword)) body: ChangePassword,
    @Req() request: ApiRequest,
  ): Promise<void> {
    await this.auth.changePassword(session, body, addressOf(request));
  }
}
