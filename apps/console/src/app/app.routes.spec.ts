import { TestBed } from '@angular/core/testing';
import { type ActivatedRouteSnapshot, Router, provideRouter } from '@angular/router';
import { provideWords } from '@linepack/console-ui';
import { routes } from './app.routes';
import { SessionStore } from './session/session.store';

/** The title's key of the page an address leads to. */
async function pageAt(address: string): Promise<unknown> {
  TestBed.configureTestingModule({
    providers: [
      provideRouter(routes),
      provideWords('zh'),
      {
        provide: SessionStore,
        useValue: { user: () => ({ role: 'metrology' }), may: () => true, homeStation: () => null },
      },
    ],
  });
  const router = TestBed.inject(Router);
  await router.navigateByUrl(address);
  let at: ActivatedRouteSnapshot = router.routerState.snapshot.root;
  while (at.firstChild) at = at.firstChild;
  return at.title;
}

describe('addresses', () => {
  it.each([
    ['/loss/level2-west/2026-08-03', 'page.lossDay'],
    ['/loss/level2-west/2028-02-29', 'page.lossDay'],
    ['/loss/level2-west/2026-13-40', 'page.notFound'],
    ['/loss/level2-west/2026-02-30', 'page.notFound'],
    ['/loss/level2-west/today', 'page.notFound'],
    ['/loss/..%2Fadmin/2026-08-03', 'page.notFound'],
    ['/stations/reg-wenchang', 'page.station'],
    ['/stations/Reg%20Wenchang', 'page.notFound'],
    ['/stations/a/b', 'page.notFound'],
    ['/nowhere', 'page.notFound'],
  ])('%s leads to %s', async (address, page) => {
    expect(await pageAt(address)).toBe(page);
  });
});
