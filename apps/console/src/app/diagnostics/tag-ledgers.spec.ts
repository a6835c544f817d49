import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideWords } from '@linepack/console-ui';
import { Api } from '../core/api';
import { PlantStore } from '../live/plant.store';
import { LedgerOfTags } from './tag-ledgers';

const tag = { tagId: 7, key: 'gate.pt-1', name: { zh: '进口压力', en: 'Inlet pressure' } };
const line = {
  tagId: 7,
  received: 1_010,
  stored: 1_000,
  unchanged: 0,
  duplicate: 0,
  history: 0,
  refused: { SpoolFull: 8 },
  discarded: { unknownTag: 2 },
  open: 0,
};

async function page(answer: object) {
  const asked: object[] = [];
  const get = (_path: string, _schema: unknown, query: object) => {
    asked.push(query);
    return Promise.resolve(answer);
  };
  TestBed.configureTestingModule({
    providers: [
      provideWords('en'),
      { provide: Api, useValue: { get, explain: String } },
      {
        provide: PlantStore,
        useValue: {
          tags: signal([tag]),
          tag: (id: number) => (id === 7 ? tag : null),
          zone: () => 'Asia/Shanghai',
        },
      },
    ],
  });
  const fixture = TestBed.createComponent(LedgerOfTags);
  const element = fixture.nativeElement as HTMLElement;
  const settle = async () => {
    fixture.detectChanges();
    await fixture.whenStable();
    fixture.detectChanges();
  };
  await settle();
  return { asked, element, settle };
}

describe('the ledger of single tags', () => {
  it('is asked for once, by what is refused, and has the tag, its figures and their causes', async () => {
    const { asked, element } = await page({ at: 0, lines: [line], unanswered: 0 });
    expect(asked).toEqual([{ worstBy: 'refused' }]);
    const row = element.querySelector('tbody tr')?.textContent ?? '';
    for (const part of ['gate.pt-1', '1,010', '8', '2']) expect(row).toContain(part);
    expect(element.querySelector('[role="alert"]')).toBeNull();
  });

  it('says when the answer is not whole', async () => {
    const { element } = await page({ at: 0, lines: [], unanswered: 2 });
    expect(element.querySelector('[role="alert"]')?.textContent).toContain('2');
  });

  it('is looked up by the key of a tag, and asks nothing for one that is none', async () => {
    const { asked, element, settle } = await page({ at: 0, lines: [line], unanswered: 0 });
    const input = element.querySelector<HTMLInputElement>('[data-testid="ledger-tag"]') as HTMLInputElement;
    const ask = async (key: string) => {
      input.value = key;
      input.dispatchEvent(new Event('input'));
      element.querySelector('form')?.dispatchEvent(new Event('submit'));
      await settle();
    };
    await ask('gate.pt-1');
    expect(asked.at(-1)).toEqual({ tag: 7 });
    await ask('gate.nothing');
    expect(asked).toHaveLength(2);
    expect(element.querySelector('[role="alert"]')).not.toBeNull();
  });
});
