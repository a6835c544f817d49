/** Name of the cookie that carries a session's token. */
export const SESSION_COOKIE = 'linepack_session';

/** The Set-Cookie header that starts a session in the browser; it ends with the browser or the server's word. */
export const sessionCookie = (token: string, scheme: 'http' | 'https'): string =>
  `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`;

/** The Set-Cookie header that removes it. */
export const endedCookie = (scheme: 'http' | 'https'): string => `${sessionCookie('', scheme)}; Max-Age=0`;
