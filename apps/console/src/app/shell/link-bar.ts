import { Component, computed, inject } from '@angular/core';
import { Words, formatClock, formatSpan } from '@linepack/console-ui';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { PlantStore } from '../live/plant.store';

/** Across the whole screen, at once, when the server is gone: what stands below is no longer the present. */
@Component({
  selector: 'lp-link-bar',
  template: `@if (link.state() === 'lost') {
    <div class="lost" role="alert" data-testid="link-lost">
      <span class="sign" aria-hidden="true">✕</span>
      <strong>{{ t('link.lost') }}</strong>
      <span>{{ since() }}</span>
      <span class="again">{{ t('link.again') }}</span>
    </div>
  }`,
  styles: `
    .lost {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 14px;
      padding: 10px 16px;
      background: var(--inverse);
      color: var(--inverse-ink);
      font-size: var(--text-l);
      border-bottom: 6px solid;
      border-image: repeating-linear-gradient(-45deg, var(--inverse-ink) 0 10px, var(--inverse) 10px 20px) 6;
    }
    .sign {
      font-weight: 700;
    }
    .again {
      opacity: 0.8;
    }
  `,
})
export class LinkBar {
  protected readonly t = inject(Words).t;
  protected readonly link = inject(Link);
  private readonly clock = inject(Clock);
  private readonly plant = inject(PlantStore);
  protected readonly since = computed(() => {
    const at = this.link.lostAt();
    if (at === null) return '';
    const span = formatSpan(this.clock.now() - at);
    return this.t('link.since', { time: formatClock(at, this.plant.zone()), span });
  });
}
