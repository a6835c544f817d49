import { Component, computed, input } from '@angular/core';

/** Line drawings on a 24 grid, all of one weight. */
const DRAWINGS = {
  overview: 'M3 4h7v7H3zM14 4h7v7h-7zM3 14h7v6H3zM14 14h7v6h-7z',
  station: 'M3 20h18M5 20V9l7-5 7 5v11M9 20v-6h6v6',
  alarm: 'M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10 20.5h4',
  loss: 'M3 20h18M6 20v-6M11 20V9M16 20v-9M21 5l-6 3-5-3-6 4',
  diagnostics: 'M3 12h4l3-7 4 14 3-7h4',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  system: 'M3 5h18v11H3zM8 20h8M12 16v4',
  sound: 'M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  mute: 'M4 9v6h4l5 4V5L8 9zM16 9.5l5 5M21 9.5l-5 5',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M5 5l14 14M19 5 5 19',
  export: 'M12 3v11M7.5 10 12 14.5 16.5 10M4 20h16',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5',
  leave: 'M10 4H4v16h6M14 8l4 4-4 4M18 12H9',
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4c-8 2-17-7-15-15z',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
} as const;

export type IconName = keyof typeof DRAWINGS;

@Component({
  selector: 'lp-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true"><path [attr.d]="drawing()" /></svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
    }
    svg {
      width: var(--icon-size, 18px);
      height: var(--icon-size, 18px);
    }
    path {
      fill: none;
      stroke: currentcolor;
      stroke-width: 1.8;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly drawing = computed(() => DRAWINGS[this.name()]);
}
