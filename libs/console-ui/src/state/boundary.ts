import { NgTemplateOutlet } from '@angular/common';
import { Component, type TemplateRef, input } from '@angular/core';

/** What the fallback is given: the fault, and how to try the content again. */
export interface BoundaryFault {
  readonly $implicit: unknown;
  readonly again: () => void;
}

/**
 * Keeps a fault in a template where it happened: the content is taken away, the fallback stands in its place, and
 * everything around goes on being drawn. Without it one fault ends every drawing of the whole screen.
 */
@Component({
  selector: 'lp-boundary',
  imports: [NgTemplateOutlet],
  templateUrl: './boundary.html',
  styles: `
    :host {
      display: contents;
    }
  `,
})
export class Boundary {
  readonly content = input.required<TemplateRef<unknown>>();
  readonly fallback = input.required<TemplateRef<BoundaryFault>>();
}
