import { Injectable, signal } from '@angular/core';

/** Whether the screen is a phone's. The same width as in the style sheets. */
@Injectable({ providedIn: 'root' })
export class Viewport {
  private readonly query = matchMedia('(width < 720px)');
  readonly narrow = signal(this.query.matches);

  constructor() {
    this.query.addEventListener('change', (e) => this.narrow.set(e.matches));
  }
}
