import { Component, computed, input } from '@angular/core';
import { sparklinePath, type SparkPoint } from './sparkline-path';

/** The last hour of a value as a thin line, newest at the right. */
@Component({
  selector: 'lp-sparkline',
  template: `<svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
    <path [attr.d]="path()" />
  </svg>`,
  styles: `
    :host {
      display: block;
      height: 24px;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    path {
      fill: none;
      stroke: var(--trace);
      stroke-width: 1.3px;
      vector-effect: non-scaling-stroke;
      stroke-linejoin: round;
    }
  `,
})
export class Sparkline {
  readonly points = input.required<readonly SparkPoint[]>();
  readonly from = input.required<number>();
  readonly to = input.required<number>();
  readonly minSpan = input(0);

  protected readonly path = computed(() =>
    sparklinePath(this.points(), {
      from: this.from(),
      to: this.to(),
      width: 100,
      height: 24,
      minSpan: this.minSpan(),
    }),
  );
}
