import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { LatestValue, Tag } from '@linepack/contracts';
import { provideWords } from '@linepack/console-ui';
import { AlarmStore } from '../alarm/alarm.store';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { LiveStore } from './live.store';
import { tagView } from './tag-view';

const second = 1_000_000;
const HOUR = 3_600 * second;
const BAD = -2147483648;
const now = signal(100 * HOUR);
const state = signal<'connecting' | 'up' | 'lost'>('up');
const tag: Tag = {
  tagId: 1,
  key: 'reg-a.pt-201',
  stationId: 'reg-a',
  sourceId: 'plc',
  name: { zh: '出口压力', en: 'Outlet pressure' },
  kind: 'pressure',
  unit: 'MPa',
  pressure: 'gauge',
  position: 'outlet',
  overview: true,
  range: [0, 1],
  decimals: 3,
  maxReportS: 60,
  maop: null,
  limits: null,
};

function view(value: Partial<LatestValue>) {
  const held: LatestValue = {
    tagId: 1,
    ts: now(),
    quality: 0,
    value: 0.35,
    heardAt: now(),
    lastGood: null,
    ...value,
  };
  state.set('up');
  TestBed.configureTestingModule({
    providers: [
      provideWords('zh'),
      { provide: Clock, useValue: { now } },
      { provide: Link, useValue: { state } },
      { provide: AlarmStore, useValue: { topOfTag: () => null } },
      { provide: LiveStore, useValue: { value: () => () => held, trace: () => () => [], traceEnd: now } },
    ],
  });
  return TestBed.runInInjectionContext(() => tagView(signal(tag)));
}

describe('what stands on the screen of a tag', () => {
  it('is fresh while its source says so, whatever its own stamp', () => {
    const steady = view({ ts: now() - 5 * HOUR, heardAt: now() - 2 * second });
    expect(steady.quality()).toBe('good');
    expect(steady.age()).toBe('2 s');
  });
  it('is stale when it was not heard, though its stamp lies ahead', () => {
    const silent = view({ ts: now() + HOUR, heardAt: now() - 10 * 60 * second });
    expect(silent.quality()).toBe('stale');
    expect(silent.age()).toBe('10 min');
  });
  it('is the last good value with its own age when the newest is bad', () => {
    const bad = view({ quality: BAD, value: null, lastGood: { ts: now() - 90 * second, value: 0.34 } });
    expect([bad.quality(), bad.shown(), bad.age(), bad.present()]).toEqual(['bad', 0.34, '1 min', false]);
  });
  it('is not current, and ages on, while the link is lost', () => {
    const good = view({ heardAt: now() - 10 * second });
    expect(good.quality()).toBe('good');
    state.set('lost');
    expect([good.quality(), good.shown(), good.present()]).toEqual(['notCurrent', 0.35, false]);
    now.update((at) => at + 60 * second);
    expect(good.age()).toBe('1 min');
  });
});
