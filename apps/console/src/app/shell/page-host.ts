import { Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Boundary } from '@linepack/console-ui';
import { PageFault } from './page-fault';

/**
 * Where the router puts the page. A page that fails while it is drawn is taken away and says so; clock, banner and
 * everything else around it go on. Without the boundary one fault in a template ends every drawing after it, and the
 * screen stands still under the word "online".
 */
@Component({
  selector: 'lp-page-host',
  imports: [Boundary, PageFault, RouterOutlet],
  template: `<lp-boundary [content]="page" [fallback]="failed" />
    <ng-template #page><router-outlet /></ng-template>
    <ng-template #failed let-fault let-again="again">
      <lp-page-fault [fault]="fault" (again)="again()" />
    </ng-template>`,
  styles: `
    :host {
      display: contents;
    }
  `,
})
export class PageHost {}
