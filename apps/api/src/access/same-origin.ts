import { ForeignOrigin } from '../http/errors';
import type { ApiRequest } from '../http/request';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses unsafe requests that a browser sends for another site. Beside the SameSite cookie; a client that is no
 * browser sends neither header and has no cookie it was tricked into sending.
 * @throws ForeignOrigin
 */
export function assertSameOrigin(request: Pick<ApiRequest, 'method' | 'headers' | 'host'>): void {
  if (SAFE.includes(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ForeignOrigin();
  const { origin } = request.headers;
  if (origin !== undefined && !isOf(origin, request.host)) throw new ForeignOrigin();
}

/** Whether an Origin header names the host the request was sent to. "null" names none. */
export const isOf = (origin: string, host: string): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;
