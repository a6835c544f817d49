import { Injectable, type Signal, signal } from '@angular/core';

function follows(media: string): Signal<boolean> {
  const query = matchMedia(media);
  const matches = signal(query.matches);
  query.addEventListener('change', (e) => matches.set(e.matches));
  return matches.asReadonly();
}

/** How much room there is. The same widths as in the style sheets. */
@Injectable({ providedIn: 'root' })
export class Viewport {
  /** A phone's. */
  readonly narrow = follows('(width < 720px)');
  /** No room beside the page: what opens beside it elsewhere lies over it. */
  readonly overlaid = follows('(width < 1200px)');
}
