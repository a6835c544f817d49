import { Component, afterEveryRender, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Clock } from './core/clock';
import { beatPulse } from './core/watchdog';

/** The root. Its own clock makes sure that it is drawn once a second, which is the pulse the watchdog waits for. */
@Component({
  selector: 'lp-root',
  imports: [RouterOutlet],
  template: '<router-outlet />',
  host: { '[attr.data-clock]': 'clock.now()' },
})
export class App {
  protected readonly clock = inject(Clock);

  constructor() {
    afterEveryRender({ write: () => beatPulse(document.documentElement, this.clock.now()) });
  }
}
