import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { NotSignedIn } from '../http/errors';
import type { ApiRequest } from '../http/request';

/** The session the access guard found for this request. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { session } = context.switchToHttp().getRequest<ApiRequest>();
  if (!session) throw new NotSignedIn();
  return session;
});
