import { Component, computed, input } from '@angular/core';
import type { AlarmLimits } from '@linepack/network';
import { barGeometry } from './bar-geometry';

/** A value as a moving pointer against its normal band, with ticks at LL, L, H, HH and MAOP. */
@Component({
  selector: 'lp-bar',
  templateUrl: './bar.html',
  styleUrl: './bar.css',
  host: { '[attr.data-priority]': 'priority()', role: 'img', '[attr.aria-label]': 'spoken()' },
})
export class Bar {
  readonly value = input.required<number | null>();
  readonly range = input.required<readonly [number, number]>();
  readonly limits = input.required<AlarmLimits | null>();
  readonly maop = input<number | null>(null);
  /** Priority of the alarm that stands on the value, if any: the only thing that colours the pointer. */
  readonly priority = input<number | null>(null);
  /** Limit names below the ticks. */
  readonly scale = input<'plain' | 'named'>('plain');

  protected readonly geometry = computed(() =>
    barGeometry({ value: this.value(), range: this.range(), limits: this.limits(), maop: this.maop() }),
  );
  protected readonly spoken = computed(() =>
    [String(this.value() ?? '–'), ...this.geometry().ticks.map((t) => `${t.name} ${t.value}`)].join(', '),
  );
}
