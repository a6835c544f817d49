import { Component, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router } from '@angular/router';
import { Words } from '@linepack/console-ui';
import { Api } from '../core/api';
import { LangSwitch } from '../shell/lang-switch';
import { ThemeSwitch } from '../shell/theme-switch';
import { SessionStore } from './session.store';

@Component({
  selector: 'lp-sign-in',
  imports: [FormsModule, LangSwitch, ThemeSwitch],
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

  protected readonly userName = signal('');
  protected readonly password = signal('');
  protected readonly busy = signal(false);
  protected readonly fault = signal('');

  protected async submit(): Promise<void> {
    if (this.busy() || !this.userName() || !this.password()) return;
    this.busy.set(true);
    this.fault.set('');
    try {
      await this.session.signIn({ userName: this.userName().trim(), password: this.password() });
      const to = this.to();
      // Only a path of our own: a link from elsewhere must not send the user away after signing in.
      await this.router.navigateByUrl(to && /^\/(?!\/)/.test(to) ? to : '/');
    } catch (fault) {
      this.fault.set(this.api.explain(fault));
      this.password.set('');
    } finally {
      this.busy.set(false);
    }
  }
}
