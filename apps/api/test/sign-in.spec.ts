import 'reflect-metadata';
import type { User } from '@linepack/contracts';
import { Client, accountsMade, problem, startWorld, type World } from './world';

const PASSWORD = 'linepack-demo';

let world: World;
const clients = new Map<string, Client>();

async function signedIn(userName: string): Promise<Client> {
  const known = clients.get(userName);
  if (known) return known;
  const client = new Client(world.url);
  const response = await client.post('/api/auth/sign-in', { userName, password: PASSWORD });
  expect(response.status).toBe(200);
  clients.set(userName, client);
  return client;
}

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
}, 180_000);
afterAll(() => world?.end());

describe('signing in', () => {
  it('starts a session in an httpOnly cookie of this site', async () => {
    const client = new Client(world.url);
    const response = await client.post('/api/auth/sign-in', { userName: 'chief', password: PASSWORD });
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^linepack_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(await response.json()).toMatchObject({ userName: 'chief', role: 'chief', stations: null });
    const me = await client.get('/api/auth/me');
    expect(((await me.json()) as User).userName).toBe('chief');
  });

  it('marks the cookie as secure behind a proxy that speaks https', async () => {
    const response = await new Client(world.url).post(
      '/api/auth/sign-in',
      { userName: 'chief', password: PASSWORD },
      { 'X-Forwarded-Proto': 'https' },
    );
    expect(response.headers.getSetCookie()[0]).toMatch(/; Secure$/);
  });

  it('stores neither token nor password', async () => {
    const client = await signedIn('metrology');
    const token = String(client.cookie).split('=')[1] ?? '';
    const { rows } = await world.pool.query<{ all: string }>(
      `select (select string_agg(encode(token_hash, 'escape') || token_hash::text, ' ') from session) ||
         (select string_agg(password_hash, ' ') from app_user) as all`,
    );
    expect(rows[0]?.all).not.toContain(token);
    expect(rows[0]?.all).not.toContain(PASSWORD);
    expect(rows[0]?.all).toContain('$argon2id$v=19$');
  });

  it('says the same of a wrong password and of nobody', async () => {
    const client = new Client(world.url);
    const wrong = await client.post('/api/auth/sign-in', { userName: 'viewer', password: 'wrong' });
    const nobody = await client.post('/api/auth/sign-in', { userName: 'nobody', password: 'wrong' });
    const [one, other] = [await problem(wrong), await problem(nobody)];
    expect(one).toMatchObject({ status: 401, code: 'badCredentials' });
    expect({ ...one, correlationId: '' }).toEqual({ ...other, correlationId: '' });
  });

  it('names the field that is wrong', async () => {
    const response = await new Client(world.url).post('/api/auth/sign-in', { userName: 'chief', pass: 'x' });
    const document = await problem(response);
    expect(document).toMatchObject({ status: 422, code: 'invalidInput' });
    expect(document.errors?.map(({ field }) => field)).toEqual(['password', 'pass']);
  });

  it('answers what is no JSON as a bad request', async () => {
    const response = await fetch(`${world.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{',
    });
    expect(await problem(response)).toMatchObject({ status: 400, code: 'badRequest' });
  });

  it('refuses a request that another site makes the browser send', async () => {
    const client = await signedIn('dispatcher');
    const foreign = await client.post('/api/auth/sign-out', {}, { Origin: 'https://evil.example' });
    expect(await problem(foreign)).toMatchObject({ status: 403, code: 'foreignOrigin' });
    expect((await client.get('/api/auth/me')).status).toBe(200);
  });

  it('makes a guesser wait, and says how long', async () => {
    const client = new Client(world.url);
    const guess = () => client.post('/api/auth/sign-in', { userName: 'guessed', password: 'x' });
    for (let i = 0; i < 5; i += 1) expect((await guess()).status).toBe(401);
    const throttled = await guess();
    const seconds = Number(throttled.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(await problem(throttled)).toMatchObject({ status: 429, code: 'tooManyAttempts' });
    // Another user from the same address is not held up.
    await signedIn('viewer');
  });

  it('changes the own password and ends the other sessions', async () => {
    const [one, other] = [new Client(world.url), new Client(world.url)];
    for (const client of [one, other])
      await client.post('/api/auth/sign-in', { userName: 'maintainer', password: PASSWORD });
    const short = await one.post('/api/auth/password', { current: PASSWORD, next: 'short' });
    expect((await problem(short)).errors?.[0]?.field).toBe('next');
    const next = 'another-password';
    expect((await one.post('/api/auth/password', { current: PASSWORD, next })).status).toBe(204);
    expect((await one.get('/api/auth/me')).status).toBe(200);
    expect((await other.get('/api/auth/me')).status).toBe(401);
    const again = await other.post('/api/auth/sign-in', { userName: 'maintainer', password: next });
    expect(again.status).toBe(200);
    clients.set('maintainer', other);
  });

  it('signs out for good', async () => {
    const client = new Client(world.url);
    await client.post('/api/auth/sign-in', { userName: 'viewer', password: PASSWORD });
    const { cookie } = client;
    const response = await client.post('/api/auth/sign-out');
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()[0]).toMatch(/Max-Age=0$/);
    client.cookie = cookie;
    expect((await client.get('/api/auth/me')).status).toBe(401);
  });
});

describe('the audit trail', () => {
  it('holds who signed in, from where, and its chain is intact', async () => {
    const chief = await signedIn('chief');
    const { entries } = (await (await chief.get('/api/audit?limit=500')).json()) as {
      entries: { action: string; actor: string; address: string }[];
    };
    const actions = new Set(entries.map(({ action }) => action));
    for (const action of ['auth.signIn', 'auth.signInFailed', 'auth.signOut', 'auth.passwordChanged'])
      expect(actions).toContain(action);
    expect(entries.every(({ address }) => address.includes('127.0.0.1'))).toBe(true);
    expect(JSON.stringify(entries)).not.toContain(PASSWORD);
    expect(await (await chief.get('/api/audit/verify')).json()).toMatchObject({ intact: true });
  });
});
