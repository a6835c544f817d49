import { Component, ErrorHandler, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { provideWords } from '@linepack/console-ui';
import { PageHost } from './page-host';

const broken = signal(true);
const clock = signal(0);

@Component({ template: `<p class="page">{{ told() }}</p>` })
class Breaking {
  protected told(): string {
    if (broken()) throw new RangeError('Invalid time value');
    return 'mended';
  }
}

@Component({ template: `<p class="page">other</p>` })
class Other {}

/** As in the shell: something that must go on stands after the page. */
@Component({
  imports: [PageHost],
  template: `@if (true) {
      <lp-page-host />
    }
    <time>{{ clock() }}</time>`,
})
class Around {
  protected readonly clock = clock;
}

const logged: unknown[] = [];

async function opened() {
  logged.length = 0;
  broken.set(true);
  clock.set(1);
  TestBed.configureTestingModule({
    providers: [
      provideWords('zh'),
      { provide: ErrorHandler, useValue: { handleError: (fault: unknown) => logged.push(fault) } },
      provideRouter([
        { path: 'breaking', component: Breaking },
        { path: 'other', component: Other },
      ]),
    ],
  });
  const host = TestBed.createComponent(Around).nativeElement as HTMLElement;
  const router = TestBed.inject(Router);
  TestBed.tick();
  await router.navigateByUrl('/breaking');
  draw();
  return { host, router };
}

/** Draws twice: a boundary takes the page away in the drawing after the one that failed. */
function draw(): void {
  TestBed.tick();
  TestBed.tick();
}

describe('a page that fails while it is drawn', () => {
  it('says so, is logged once, and lets the clock beside it go on', async () => {
    const { host } = await opened();
    expect(host.querySelector('[data-testid=page-fault]')).not.toBeNull();
    expect(host.textContent).toContain('Invalid time value');
    for (const second of [2, 3, 4]) {
      clock.set(second);
      draw();
      expect(host.querySelector('time')?.textContent).toBe(String(second));
    }
    expect(logged.map(String)).toEqual(['RangeError: Invalid time value']);
  });

  it('gives way to the next page', async () => {
    const { host, router } = await opened();
    await router.navigateByUrl('/other');
    draw();
    expect(host.querySelector('[data-testid=page-fault]')).toBeNull();
    expect(host.querySelector('.page')?.textContent).toBe('other');
  });

  it('comes back when it is tried again and no longer fails', async () => {
    const { host } = await opened();
    broken.set(false);
    host.querySelector('button')?.click();
    draw();
    expect(host.querySelector('.page')?.textContent).toBe('mended');
  });
});
