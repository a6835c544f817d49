import { Component, inject } from '@angular/core';
import { Icon, Words } from '@linepack/console-ui';
import { Preferences, THEMES } from '../core/preferences';

@Component({
  selector: 'lp-theme-switch',
  imports: [Icon],
  templateUrl: './theme-switch.html',
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
