import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideWords } from '@linepack/console-ui';
import { App } from '../app';
import { provideRouter } from '@angular/router';
import { Clock } from './clock';
import { STILL_AFTER_MS, Watchdog, beatPulse } from './watchdog';

const SECOND = 1_000;

function watched() {
  let now = 0;
  let reloads = 0;
  let visibility: DocumentVisibilityState = 'visible';
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility });
  document.body.replaceChildren();
  delete document.documentElement.dataset['pulse'];
  const watchdog = new Watchdog({
    document,
    now: () => now,
    words: () => ({ still: '画面已停止更新', reload: '重新加载' }),
    reload: () => reloads++,
  });
  const bar = () => document.querySelector<HTMLElement>('[data-testid=still]');
  const pass = (ms: number, pulse: (at: number) => number | null) => {
    for (const end = now + ms; now < end;) {
      now += SECOND;
      const beat = pulse(now);
      if (beat !== null) beatPulse(document.documentElement, beat);
      watchdog.look();
    }
  };
  return {
    bar,
    pass,
    sleep: (ms: number) => {
      now += ms;
      watchdog.look();
    },
    show: (state: DocumentVisibilityState) => (visibility = state),
    reloads: () => reloads,
  };
}

describe('a console that no longer moves', () => {
  it('is quiet while the clock is drawn', () => {
    const { pass, bar } = watched();
    pass(60 * SECOND, (at) => at);
    expect(bar()).toBeNull();
  });
  it('says so at the top when nothing is drawn any more, and offers to reload', () => {
    const { pass, bar, reloads } = watched();
    pass(10 * SECOND, (at) => at);
    pass(STILL_AFTER_MS + SECOND, () => null);
    expect(document.body.firstElementChild).toBe(bar());
    expect(bar()?.textContent).toContain('画面已停止更新');
    bar()?.querySelector('button')?.click();
    expect(reloads()).toBe(1);
  });
  it('says so when drawings go on but the clock in them stands', () => {
    const { pass, bar } = watched();
    pass(10 * SECOND, (at) => at);
    pass(STILL_AFTER_MS + SECOND, () => 10 * SECOND);
    expect(bar()).not.toBeNull();
  });
  it('says so when it was never drawn at all', () => {
    const { pass, bar } = watched();
    pass(STILL_AFTER_MS + SECOND, () => null);
    expect(bar()).not.toBeNull();
  });
  it('takes it back when it moves again', () => {
    const { pass, bar } = watched();
    pass(20 * SECOND, () => null);
    pass(SECOND, (at) => at);
    expect(bar()).toBeNull();
    expect(document.documentElement.style.getPropertyValue('--still-height')).toBe('');
  });
  it('does not cry when the laptop slept, or the tab was hidden', () => {
    const { pass, bar, sleep, show } = watched();
    pass(10 * SECOND, (at) => at);
    sleep(3_600 * SECOND);
    expect(bar()).toBeNull();
    show('hidden');
    pass(60 * SECOND, () => null);
    show('visible');
    pass(2 * SECOND, () => null);
    expect(bar()).toBeNull();
  });
});

describe('the pulse', () => {
  const broken = signal(false);
  @Component({ selector: 'lp-broken', template: '{{ text() }}' })
  class Broken {
    protected text(): string {
      if (broken()) throw new Error('a template outside every boundary');
      return '';
    }
  }

  it('is the clock of the last drawing that came to its end', () => {
    const now = signal(1);
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideWords('zh'),
        provideRouter([]),
        { provide: Clock, useValue: { now } },
      ],
    });
    TestBed.overrideComponent(App, { set: { imports: [Broken], template: '<lp-broken />' } });
    TestBed.createComponent(App);
    TestBed.tick();
    expect(document.documentElement.dataset['pulse']).toBe('1');
    now.set(2);
    TestBed.tick();
    expect(document.documentElement.dataset['pulse']).toBe('2');
    broken.set(true);
    now.set(3);
    expect(() => TestBed.tick()).toThrow();
    expect(document.documentElement.dataset['pulse']).toBe('2');
  });
});
