import { Component, inject, input, signal } from '@angular/core';
import { Router } from '@angular/router';
import type { SignIn } from '@linepack/contracts';
import { Words } from '@linepack/console-ui';
import { Api } from '../core/api';
import { LangSwitch } from '../shell/lang-switch';
import { ThemeSwitch } from '../shell/theme-switch';
import { SessionStore } from './session.store';

@Component({
  selector: 'lp-sign-in',
  imports: [LangSwitch, ThemeSwitch],
  templateUrl: './sign-in.page.html',
  styleUrl: './sign-in.page.css',
})
export class SignInPage {
  protected readonly t = inject(Words).t;
  protected readonly session = inject(SessionStore);
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  /** Where the user wanted to go (query parameter). */
  readonly to = input<string>();
  readonly expired = input<string>();

  protected readonly busy = signal(false);
  protected readonly fault = signal('');

  /**
   * Reads the form's own fields when it is sent: a model that follows them is a moment behind a password manager, and
   * what fills and sends in one step would send nothing.
   */
  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy() || !(event.target instanceof HTMLFormElement)) return;
    const fields = new FormData(event.target);
    const userName = String(fields.get('userName') ?? '').trim();
    const password = String(fields.get('password') ?? '');
    if (!userName || !password) {
      this.fault.set(this.t('signIn.incomplete'));
      return;
    }
    await this.enter({ userName, password }, event.target);
  }

  private async enter(credentials: SignIn, form: HTMLFormElement): Promise<void> {
    this.busy.set(true);
    this.fault.set('');
    try {
      await this.session.signIn(credentials);
      const to = this.to();
      // Only a path of our own: a link from elsewhere must not send the user away after signing in.
      await this.router.navigateByUrl(to && /^\/(?!\/)/.test(to) ? to : '/');
    } catch (fault) {
      this.fault.set(this.api.explain(fault));
      const password = form.elements.namedItem('password');
      if (password instanceof HTMLInputElement) password.value = '';
    } finally {
      this.busy.set(false);
    }
  }
}
