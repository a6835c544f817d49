import { Component, inject } from '@angular/core';
import { LANGS, Words } from '@linepack/console-ui';
import { Preferences } from '../core/preferences';

/** Each language is named in itself, so that whoever cannot read the other finds his own. */
@Component({
  selector: 'lp-lang-switch',
  template: `<span
    class="button-row"
    role="group"
    [attr.aria-label]="words.t('shell.language')"
    data-testid="lang-switch"
  >
    @for (lang of langs; track lang) {
      <button
        type="button"
        class="button"
        [attr.data-testid]="'lang-' + lang"
        [attr.lang]="lang"
        [attr.aria-pressed]="preferences.lang() === lang"
        (click)="preferences.lang.set(lang)"
      >
        {{ words.t(lang === 'zh' ? 'shell.inChinese' : 'shell.inEnglish') }}
      </button>
    }
  </span>`,
})
export class LangSwitch {
  protected readonly preferences = inject(Preferences);
  protected readonly words = inject(Words);
  protected readonly langs = LANGS;
}
