import { TestBed } from '@angular/core/testing';
import type { Tag } from '@linepack/contracts';
import { Subject } from 'rxjs';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { PlantStore } from './plant.store';

let limit = 0.28;
let failures = 0;
const newLink = () => ({ joined: new Subject<void>(), configurationChanged: new Subject<void>() });
let link = newLink();

function store(): PlantStore {
  limit = 0.28;
  failures = 0;
  link = newLink();
  const api = {
    get: (path: string) => {
      if (failures > 0) {
        failures--;
        return Promise.reject(new Error('away'));
      }
      const tag = { tagId: 1, stationId: 'a', unit: 'MPa', limits: { L: limit } } as unknown as Tag;
      return Promise.resolve(path === '/api/tags' ? { tags: [tag] } : { stations: [] });
    },
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: Api, useValue: api },
      { provide: Link, useValue: link },
    ],
  });
  return TestBed.inject(PlantStore);
}

const settle = () => jest.advanceTimersByTimeAsync(0);

describe('what the console knows of the plant', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each(['configurationChanged', 'joined'] as const)(
    'is read again on %s, without anybody reloading',
    async (event) => {
      const plant = store();
      await plant.load();
      limit = 0.3;
      link[event].next();
      await settle();
      expect(plant.tag(1)?.limits?.L).toBe(0.3);
    },
  );

  it('stays as it was while it cannot be read, and is asked for again', async () => {
    const plant = store();
    await plant.load();
    limit = 0.3;
    failures = 3;
    link.configurationChanged.next();
    await settle();
    expect([plant.state(), plant.tag(1)?.limits?.L]).toEqual(['ready', 0.28]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(plant.tag(1)?.limits?.L).toBe(0.3);
  });

  it('is not read before somebody is there to see it', async () => {
    const plant = store();
    link.joined.next();
    await settle();
    expect(plant.state()).toBe('idle');
  });
});
