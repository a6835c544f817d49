import type { Problem } from '@linepack/contracts';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../settings/settings.module';
import { ApiError } from './errors';
import type { ApiRequest, ApiResponse } from './request';

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many attempts',
  503: 'Not available',
  504: 'No answer in time',
};

/** Every error of a route as the public may see it. */
export function problemOf(error: unknown, correlationId: string): Problem {
  const known = error instanceof ApiError ? error : ofFramework(error);
  return {
    type: `/problems/${known.code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    title: TITLES[known.status] ?? 'Internal error',
    status: known.status,
    detail: known.publicMessage,
    code: known.code,
    correlationId,
    ...(known.more.faults ? { errors: known.more.faults.map((f) => ({ ...f })) } : {}),
  };
}

function ofFramework(error: unknown): ApiError {
  const status = statusOf(error);
  if (status === 404) return new ApiError('notFound', 404, 'There is nothing here.');
  // body-parser's messages quote the input at most; anything else of the framework's keeps to its title.
  if (status !== null && status < 500)
    return new ApiError('badRequest', status, error instanceof Error ? error.message : 'Bad request.');
  return new ApiError('internal', 500, 'Something went wrong here. The log knows it by the correlation id.');
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : null;
}

/** The one place where errors become problem documents (RFC 9457) and where they are logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const response = http.getResponse<ApiResponse>();
    const problem = problemOf(error, request.correlationId ?? '');
    this.log(error, problem, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof ApiError && error.more.retryAfterSeconds !== undefined)
      response.setHeader('Retry-After', String(error.more.retryAfterSeconds));
    response.statusCode = problem.status;
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    response.end(JSON.stringify(problem));
  }

  private log(error: unknown, problem: Problem, request: ApiRequest): void {
    const about = {
      correlationId: problem.correlationId,
      method: request.method,
      path: request.path,
      code: problem.code,
    };
    if (problem.status >= 500 && problem.code === 'internal')
      this.logger.error({ ...about, err: error }, 'request failed');
    else if (problem.status >= 500) this.logger.warn({ ...about, cause: causeOf(error) }, problem.detail);
    else this.logger.debug(about, problem.detail);
  }
}

const causeOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : undefined;
};
