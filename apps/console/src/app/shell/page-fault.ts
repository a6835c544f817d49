import { Component, DestroyRef, computed, inject, input, output } from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import { State, Words } from '@linepack/console-ui';

/** Stands where a page failed while it was drawn. Going to another page, or trying again, brings the outlet back. */
@Component({
  selector: 'lp-page-fault',
  imports: [State],
  template: `<lp-state
    kind="error"
    data-testid="page-fault"
    [title]="t('fault.page')"
    [detail]="t('fault.pageDetail', { fault: text() })"
    (retry)="again.emit()"
  />`,
  styles: `
    :host {
      display: block;
      padding-top: 12vh;
    }
  `,
})
export class PageFault {
  protected readonly t = inject(Words).t;
  readonly fault = input.required<unknown>();
  readonly again = output<void>();
  protected readonly text = computed(() => {
    const fault = this.fault();
    return fault instanceof Error ? fault.message : String(fault);
  });

  constructor() {
    const left = inject(Router).events.subscribe((event) => {
      if (event instanceof NavigationEnd) this.again.emit();
    });
    inject(DestroyRef).onDestroy(() => left.unsubscribe());
  }
}
