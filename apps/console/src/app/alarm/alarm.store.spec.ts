import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Alarm, AlarmEvent, AlarmTable } from '@linepack/contracts';
import { exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import { Subject } from 'rxjs';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { SessionStore } from '../session/session.store';
import { AlarmStore } from './alarm.store';

const MINUTE = 60_000_000;
const NOW = 1_770_000_000_000_000;

const alarm = (n: number): Alarm =>
  exampleAlarm({ alarmId: `tag:reg-a.pt-${n}:LL`, tagId: n, activeSince: NOW - MINUTE });
const raised = (n: number, at = NOW - MINUTE): AlarmEvent => exampleEvent(alarm(n), { eventId: `e${n}`, at });
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A server with a journal, and the wire from it. */
function desk() {
  const journal: AlarmEvent[] = [];
  const wire = {
    joined: new Subject<void>(),
    alarm: new Subject<AlarmEvent>(),
    alarmJournalled: new Subject<{ eventId: string; alarmId: string; seq: number }[]>(),
    alarmTable: new Subject<AlarmTable>(),
    status: new Subject<never>(),
    state: signal('up'),
  };
  const asked: string[] = [];
  const server = { isAway: false };
  const table = (): AlarmTable => ({ seq: journal.length, alarms: [], databaseAway: false });
  const get = (path: string, _schema: unknown, query: { after?: number; limit?: number } = {}) => {
    asked.push(path === '/api/alarms' ? 'table' : `after ${query.after ?? 'the newest'}`);
    if (server.isAway) return Promise.reject(new Error('away'));
    if (path === '/api/alarms') return Promise.resolve(table());
    const limit = query.limit ?? 200;
    const { after } = query;
    return Promise.resolve({
      events:
        after === undefined
          ? journal.slice(-limit).reverse()
          : journal.filter(({ seq }) => (seq ?? 0) > after).slice(0, limit),
    });
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: Api, useValue: { get } },
      { provide: Clock, useValue: { now: signal(NOW), read: () => NOW } },
      { provide: Link, useValue: wire },
      {
        provide: SessionStore,
        useValue: { position: signal('dispatch'), user: signal({}), may: () => true },
      },
    ],
  });
  const write = (...events: AlarmEvent[]): { eventId: string; alarmId: string; seq: number }[] =>
    events.map((event) => {
      const seq = journal.length + 1;
      journal.push({ ...event, seq });
      return { eventId: event.eventId, alarmId: event.alarmId, seq };
    });
  return { store: TestBed.inject(AlarmStore), wire, asked, write, table, server };
}

describe('following the journal', () => {
  it('begins with its newest page: alarms that came and went before the page was opened count for a flood', async () => {
    const { store, wire, write, asked } = desk();
    write(raised(0, NOW - 60 * MINUTE), ...Array.from({ length: 12 }, (_, i) => raised(i + 1)));
    wire.joined.next();
    await settled();
    expect(asked).toEqual(['table', 'after the newest']);
    expect([store.recent(), store.flood()]).toEqual([12, true]);
  });

  it('reads on, to the last page, when the server had a gap', async () => {
    const { store, wire, write, asked, table } = desk();
    write(raised(0, NOW - 60 * MINUTE));
    wire.joined.next();
    await settled();
    const old = Array.from({ length: 1_500 }, (_, i) => raised(i + 1, NOW - 50 * MINUTE));
    write(...old, ...Array.from({ length: 11 }, (_, i) => raised(i + 2_000)));
    wire.alarmTable.next(table());
    await settled();
    expect(asked.slice(2)).toEqual(['after 1', 'after 1001']);
    expect([store.recent(), store.flood()]).toEqual([11, true]);
  });

  it('is not moved by what the wire tells: what was missed before it is read after a gap', async () => {
    const { store, wire, write, asked } = desk();
    wire.joined.next();
    await settled();
    write(raised(1));
    // The line broke before the first, and was there again for the second.
    wire.alarm.next(raised(2));
    wire.alarmJournalled.next(write(raised(2)));
    wire.joined.next();
    await settled();
    expect(asked.slice(2)).toEqual(['table', 'after 0']);
    expect(store.recent()).toBe(2);
  });

  it('reads table and journal when the journal took what the wire did not tell', async () => {
    const { store, wire, write, asked } = desk();
    wire.joined.next();
    await settled();
    wire.alarmJournalled.next(write(raised(1)));
    await settled();
    expect(asked.slice(2)).toEqual(['table', 'after 0']);
    expect(store.recent()).toBe(1);
    wire.alarm.next(raised(2));
    wire.alarmJournalled.next(write(raised(2)));
    await settled();
    expect(asked).toHaveLength(4);
  });

  it('keeps up on a wall that nobody loads anew: after a gap it never reads months', async () => {
    const { wire, write, asked } = desk();
    wire.joined.next();
    await settled();
    for (let n = 1; n <= 1_200; n += 1) {
      wire.alarm.next(raised(n));
      wire.alarmJournalled.next(write(raised(n)));
      if (n % 100 === 0) await settled();
    }
    expect(asked.slice(2).filter((what) => what.startsWith('after')).length).toBeGreaterThan(1);
    wire.joined.next();
    await settled();
    expect(Number(asked.at(-1)?.slice('after '.length))).toBeGreaterThan(600);
  });

  it('is read when the server is there again, if it was not', async () => {
    const { store, wire, write, asked, server } = desk();
    wire.joined.next();
    await settled();
    write(raised(1));
    server.isAway = true;
    wire.joined.next();
    await settled();
    expect(store.fault()).toBeDefined();
    server.isAway = false;
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect(asked.at(-1)).toBe('after 0');
    expect([store.recent(), store.fault()]).toEqual([1, undefined]);
  });

  it('reads one table after another: an older answer never comes after a newer one', async () => {
    const { wire, asked } = desk();
    for (let i = 0; i < 5; i += 1) wire.joined.next();
    await settled();
    expect(asked.filter((what) => what === 'table').length).toBeLessThanOrEqual(2);
    // Also what is asked for while the journal is being read is done.
    const before = asked.length;
    wire.joined.next();
    await Promise.resolve();
    await Promise.resolve();
    while (asked.length < before + 2) await Promise.resolve();
    wire.joined.next();
    await settled();
    expect(asked.slice(before).filter((what) => what === 'table')).toHaveLength(2);
  });
});
