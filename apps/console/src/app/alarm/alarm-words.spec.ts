import { TestBed } from '@angular/core/testing';
import type { ListedAlarm } from '@linepack/contracts';
import { provideWords } from '@linepack/console-ui';
import { PlantStore } from '../live/plant.store';
import { SessionStore } from '../session/session.store';
import { AlarmWords } from './alarm-words';

const loss = {
  condition: 'loss',
  name: { zh: '一级输差', en: 'Level 1' },
  areaId: 'level1-west',
  stationId: null,
  subject: '2026-11-19',
} as ListedAlarm;

function say(may = true): AlarmWords {
  TestBed.configureTestingModule({
    providers: [
      provideWords('zh'),
      { provide: PlantStore, useValue: {} },
      { provide: SessionStore, useValue: { may: () => may } },
    ],
  });
  return TestBed.inject(AlarmWords);
}

describe('a loss alarm', () => {
  it('names its gas day and leads there', () => {
    const words = say();
    expect(words.title(loss)).toBe('一级输差 输差超限 · 气日 2026-11-19');
    expect(words.lossDay(loss)).toEqual({ day: '2026-11-19', link: ['/loss', 'level1-west', '2026-11-19'] });
  });
  it('names no day that it does not know, and none that is no day', () => {
    const words = say();
    for (const subject of [null, 'yesterday', '2026-13-40']) {
      expect(words.title({ ...loss, subject })).toBe('一级输差 输差超限');
      expect(words.lossDay({ ...loss, subject })).toBeNull();
    }
  });
  it('leads nobody to a page he may not see', () => {
    expect(say(false).lossDay(loss)).toBeNull();
  });
  it('is the only kind of alarm with a gas day', () => {
    expect(say().lossDay({ ...loss, condition: 'clockSkew' })).toBeNull();
  });
});
