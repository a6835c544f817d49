import { randomUUID } from 'node:crypto';
import type { ApiRequest, ApiResponse, Next } from './request';

const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives every request an id, the caller's own when it is a harmless one, and says it in the answer. */
export function correlate(request: ApiRequest, response: ApiResponse, next: Next): void {
  const given = request.headers['x-correlation-id'];
  const id = typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
  request.correlationId = id;
  response.setHeader('X-Correlation-Id', id);
  next();
}
