import { Component, computed, inject, input } from '@angular/core';
import type { Tag } from '@linepack/contracts';
import { Words } from '@linepack/console-ui';
import { FlowPoint } from './flow-point';
import { type StageName, stagesOf } from './tag-order';

/** Symbols after GB/T 50114 habits, as plain outlines: they say what it is, never whether it runs. */
const SYMBOLS: Record<StageName, string> = {
  inlet: 'M4 8h20M4 24h20M18 4l10 12-10 12',
  filter: 'M6 4h20v24H6zM6 28 26 4',
  regulator: 'M2 8v16l14-8zM30 8v16l-14-8zM16 16V4M10 4h12',
  metering: 'M16 3a13 13 0 1 0 0 26 13 13 0 0 0 0-26zM9 22l14-12M23 10h-6M23 10v6',
  outlet: 'M4 4l10 12L4 28M14 8h14M14 24h14',
};

/** The way of the gas through the station: inlet, filter, regulator, meter, outlet, each with its control points. */
@Component({
  selector: 'lp-flow-diagram',
  imports: [FlowPoint],
  templateUrl: './flow-diagram.html',
  styleUrl: './flow-diagram.css',
})
export class FlowDiagram {
  protected readonly t = inject(Words).t;
  readonly tags = input.required<readonly Tag[]>();
  protected readonly symbols = SYMBOLS;
  protected readonly stages = computed(() => stagesOf(this.tags()));
}
