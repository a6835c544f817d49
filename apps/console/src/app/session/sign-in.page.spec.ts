import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { provideWords } from '@linepack/console-ui';
import { SessionStore } from './session.store';
import { SignInPage } from './sign-in.page';

const given: unknown[] = [];

function page(): HTMLElement {
  given.length = 0;
  const session = {
    unreachable: () => false,
    signIn: (credentials: unknown) => {
      given.push(credentials);
      return Promise.resolve();
    },
  };
  TestBed.configureTestingModule({
    providers: [
      provideRouter([{ path: '**', children: [] }]),
      provideWords('zh'),
      { provide: SessionStore, useValue: session },
    ],
  });
  const fixture = TestBed.createComponent(SignInPage);
  TestBed.tick();
  return fixture.nativeElement as HTMLElement;
}

const field = (host: HTMLElement, id: string) => host.querySelector(`#${id}`) as HTMLInputElement;

describe('signing in', () => {
  it('takes what stands in the fields when the form is sent, however it came there', () => {
    const host = page();
    // A password manager, or a script, fills and sends in one step: no input event is waited for.
    field(host, 'user-name').value = ' dispatcher ';
    field(host, 'password').value = 'linepack-demo';
    host.querySelector('form')?.requestSubmit();
    expect(given).toEqual([{ userName: 'dispatcher', password: 'linepack-demo' }]);
  });

  it('is offered from the beginning: a filled form is never met by a dead button', () => {
    expect(page().querySelector('button[type=submit]')?.hasAttribute('disabled')).toBe(false);
  });

  it('asks for what is missing instead of sending it', () => {
    const host = page();
    field(host, 'user-name').value = 'dispatcher';
    host.querySelector('form')?.requestSubmit();
    TestBed.tick();
    expect(given).toEqual([]);
    expect(host.querySelector('[role=alert]')?.textContent).toMatch(/密码/);
  });
});
