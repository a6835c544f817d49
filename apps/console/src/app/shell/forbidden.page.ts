import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { State, Words } from '@linepack/console-ui';

@Component({
  selector: 'lp-forbidden-page',
  imports: [State, RouterLink],
  template: `<lp-state
      kind="forbidden"
      [title]="t('state.forbidden')"
      [detail]="t('state.forbiddenDetail')"
    />
    <p class="back">
      <a class="button" routerLink="/">{{ t('state.back') }}</a>
    </p>`,
  styles: `
    :host {
      display: block;
      padding-top: 12vh;
    }
    .back {
      text-align: center;
    }
  `,
})
export class ForbiddenPage {
  protected readonly t = inject(Words).t;
}
