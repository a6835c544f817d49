import type { User } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { SessionRepository } from '@linepack/store';
import { pino } from 'pino';
import { DatabaseGate } from '../database/database-gate';
import { SessionRegistry } from './session-registry';

const MINUTE = 60_000;
const silent = pino({ level: 'silent' });

async function opened(registry: SessionRegistry, user: User) {
  const session = await registry.open({ user, passwordHash: 'h' });
  if (!session) throw new Error('no session');
  return session;
}

async function world() {
  const user: User = { userName: 'zhao', displayName: '赵强', role: 'stationChief', stations: ['gate'] };
  const stored = { user };
  const at = { now: 1_000 };
  const micros = 1 as Micros;
  const repository: Pick<SessionRepository, 'create' | 'find'> = {
    create: () => Promise.resolve(true),
    find: () => Promise.resolve({ user: stored.user, createdAt: micros, expiresAt: micros }),
  };
  const gate = new DatabaseGate(() => Promise.resolve(), silent);
  await gate.start();
  gate.stop();
  const registry = new SessionRegistry(repository as SessionRepository, gate, silent, () => at.now);
  const ended: string[] = [];
  registry.onEnded((id) => ended.push(id));
  return { registry, stored, at, ended, ...(await opened(registry, user)) };
}

describe('an open session', () => {
  it('closes its sockets when the user was bound to other stations, and lives on', async () => {
    const { registry, stored, at, ended, session, token } = await world();
    stored.user = { ...stored.user, stations: ['east'] };
    at.now += MINUTE;
    await registry.sweep([session]);
    expect(ended).toEqual([session.id]);
    expect((await registry.find(token))?.user.stations).toEqual(['east']);
  });

  it('is left alone while nothing changed', async () => {
    const { registry, stored, at, ended, session } = await world();
    stored.user = { ...stored.user };
    at.now += MINUTE;
    await registry.sweep([session]);
    expect(ended).toEqual([]);
    expect(registry.isLive(session)).toBe(true);
  });
});
