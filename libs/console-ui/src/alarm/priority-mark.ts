import { Component, computed, inject, input } from '@angular/core';
import type { AlarmPriority } from '@linepack/contracts';
import { Words } from '../words/words';

/** Period of the animation `unacknowledged` in base.css. */
const BLINK_MS = 1_100;

const SHAPES: Record<AlarmPriority, string> = {
  1: 'M2 2h20v20H2z',
  2: 'M12 1 23.5 22.5H.5z',
  3: 'M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z',
};

/** Priority by shape, number and colour: square 1, triangle 2, circle 3. Blinks while nobody has acknowledged it. */
@Component({
  selector: 'lp-priority',
  template: `<svg
      viewBox="0 0 24 24"
      [class.blink]="blinking()"
      [style.animation-delay.ms]="phase()"
      aria-hidden="true"
    >
      <path [attr.d]="shape()" />
      <text x="12" [attr.y]="priority() === 2 ? 20 : 17.5">{{ priority() }}</text>
    </svg>
    <span class="visually-hidden">{{ spoken() }}</span>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      vertical-align: middle;
    }
    svg {
      width: var(--mark-size, 18px);
      height: var(--mark-size, 18px);
    }
    text {
      font: 700 15px var(--font);
      text-anchor: middle;
    }
    :host([data-priority='1']) path {
      fill: var(--p1);
    }
    :host([data-priority='1']) text {
      fill: var(--p1-ink);
    }
    :host([data-priority='2']) path {
      fill: var(--p2);
    }
    :host([data-priority='2']) text {
      fill: var(--p2-ink);
    }
    :host([data-priority='3']) path {
      fill: var(--p3);
    }
    :host([data-priority='3']) text {
      fill: var(--p3-ink);
    }
    :host([data-quiet]) path {
      fill: none;
      stroke: var(--ink-3);
      stroke-width: 1.5;
    }
    :host([data-quiet]) text {
      fill: var(--ink-2);
    }
  `,
  host: { '[attr.data-priority]': 'priority()', '[attr.data-quiet]': "quiet() === 'quiet' ? '' : null" },
})
export class PriorityMark {
  private readonly words = inject(Words);
  readonly priority = input.required<AlarmPriority>();
  readonly blinking = input(false);
  /** Outline only: a count of zero, an event long past. */
  readonly quiet = input<'loud' | 'quiet'>('loud');
  /** All marks blink together, whenever each of them began: a screen full of rhythms cannot be read. */
  protected readonly phase = computed(() => (this.blinking() ? -(performance.now() % BLINK_MS) : null));
  protected readonly shape = computed(() => SHAPES[this.priority()]);
  protected readonly spoken = computed(() => this.words.t('alarm.priorityN', { n: this.priority() }));
}
