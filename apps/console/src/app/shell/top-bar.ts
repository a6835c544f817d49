import { Component, computed, inject, output, signal } from '@angular/core';
import { Icon, Words, formatClock, formatDate, gasDayAt } from '@linepack/console-ui';
import { AlarmSound } from '../alarm/alarm-sound';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { Preferences } from '../core/preferences';
import { PlantStore } from '../live/plant.store';
import { SessionStore } from '../session/session.store';
import { LangSwitch } from './lang-switch';
import { ThemeSwitch } from './theme-switch';

/** Product, network, clock with gas day, link, who is signed in. */
@Component({
  selector: 'lp-top-bar',
  imports: [Icon, LangSwitch, ThemeSwitch],
  templateUrl: './top-bar.html',
  styleUrl: './top-bar.css',
})
export class TopBar {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly plant = inject(PlantStore);
  protected readonly link = inject(Link);
  protected readonly session = inject(SessionStore);
  protected readonly sound = inject(AlarmSound);
  protected readonly preferences = inject(Preferences);
  private readonly clock = inject(Clock);
  readonly searchWanted = output<void>();
  readonly helpWanted = output<void>();
  protected readonly menu = signal<'open' | 'closed'>('closed');

  protected readonly time = computed(() => formatClock(this.clock.now(), this.plant.zone()));
  protected readonly date = computed(() => formatDate(this.clock.now(), this.plant.zone()));
  protected readonly gasDay = computed(() => {
    const network = this.plant.network();
    return network ? gasDayAt(this.clock.now(), network.gasDay.start, network.gasDay.timeZone) : '';
  });

  protected toggleMenu(): void {
    this.menu.update((m) => (m === 'open' ? 'closed' : 'open'));
  }
}
