import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { State, Words } from '@linepack/console-ui';

@Component({
  selector: 'lp-not-found-page',
  imports: [State, RouterLink],
  template: `<lp-state kind="empty" [title]="t('page.notFound')" [detail]="t('state.notFoundDetail')" />
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
export class NotFoundPage {
  protected readonly t = inject(Words).t;
}
