import { Component, inject } from '@angular/core';
import { Icon, Words } from '@linepack/console-ui';
import { Preferences, THEMES } from '../core/preferences';

@Component({
  selector: 'lp-theme-switch',
  imports: [Icon],
  template: `<span
    class="button-row"
    role="group"
    [attr.aria-label]="t('shell.theme')"
    data-testid="theme-switch"
  >
    @for (theme of themes; track theme) {
      <button
        type="button"
        class="button"
        [attr.data-testid]="'theme-' + theme"
        [attr.aria-label]="t(\`shell.theme-\${theme}\`)"
        [attr.title]="t(\`shell.theme-\${theme}\`)"
        [attr.aria-pressed]="preferences.theme() === theme"
        (click)="preferences.theme.set(theme)"
      >
        <lp-icon [name]="theme" />
      </button>
    }
  </span>`,
  styles: `
    .button {
      padding: 3px 7px;
      --icon-size: 15px;
    }
  `,
})
export class ThemeSwitch {
  protected readonly preferences = inject(Preferences);
  protected readonly t = inject(Words).t;
  protected readonly themes = THEMES;
}
