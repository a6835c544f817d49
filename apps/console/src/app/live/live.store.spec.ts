import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { LiveSample } from '@linepack/contracts';
import { Subject } from 'rxjs';
import { Api } from '../core/api';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { LiveStore } from './live.store';

const second = 1_000_000;
const BAD = -2147483648;
const live = new Subject<LiveSample[]>();
const joined = new Subject<void>();
let latest: unknown = null;
let now = 0;

function store(): LiveStore {
  now = 1_000 * second;
  TestBed.configureTestingModule({
    providers: [
      { provide: Api, useValue: { get: () => Promise.resolve(latest ?? { values: [] }) } },
      { provide: Clock, useValue: { now: signal(now), read: () => now } },
      {
        provide: Link,
        useValue: { live, joined, configurationChanged: new Subject<void>() },
      },
    ],
  });
  return TestBed.inject(LiveStore);
}

const hear = (ts: number, quality: number, value: number | null, heardAt = now) =>
  live.next([[1, ts, quality, value, heardAt]]);

describe('live values', () => {
  it('take a quality that changed under an unchanged stamp', () => {
    const values = store();
    hear(900 * second, 0, 5);
    hear(900 * second, BAD, null);
    expect(values.value(1)()).toMatchObject({
      quality: BAD,
      value: null,
      lastGood: { ts: 900 * second, value: 5 },
    });
  });
  it('are not held back by a stamp far ahead, nor by one that lies before', () => {
    const values = store();
    hear(9_000 * second, 0, 5);
    hear(1_000 * second, 0, 6);
    hear(500 * second, 0, 7);
    expect(values.value(1)()?.value).toBe(7);
  });
  it('are what the server says on a new connection: it was started anew, and a collector whose clock is behind speaks', () => {
    const values = store();
    hear(900 * second, 0, 5);
    joined.next();
    hear(901 * second, 0, 6, now - 600 * second);
    expect(values.value(1)()?.value).toBe(6);
    hear(901 * second, 0, 7, now - 601 * second);
    expect(values.value(1)()?.value).toBe(6);
  });
  it('are taken as read on a new connection, unless one was heard on it that is newer', async () => {
    const values = store();
    hear(900 * second, 0, 5);
    const read = (tagId: number, value: number) => ({
      tagId,
      ts: 0,
      quality: 0,
      value,
      heardAt: now - 600 * second,
      lastGood: null,
    });
    latest = { values: [read(1, 6), read(2, 6)] };
    joined.next();
    live.next([[2, 0, 0, 8, now - 599 * second]]);
    await values.readLatest();
    expect([values.value(1)()?.value, values.value(2)()?.value]).toEqual([6, 8]);
  });
  it('keep the line of the last hour going while a steady value is only heard again', () => {
    const values = store();
    for (let minute = 0; minute < 30; minute++) {
      hear(900 * second, 0, 5);
      now += 60 * second;
    }
    expect(values.trace(1)()).toHaveLength(30);
  });
});
