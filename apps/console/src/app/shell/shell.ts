import {
  Component,
  DestroyRef,
  type ElementRef,
  afterNextRender,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import type { Permission } from '@linepack/contracts';
import { Boundary, Icon, type IconName, State, type WordKey, Words } from '@linepack/console-ui';
import { AlarmBanner } from '../alarm/alarm-banner';
import { AlarmSound } from '../alarm/alarm-sound';
import { AlarmStore } from '../alarm/alarm.store';
import { Faceplate } from '../alarm/faceplate';
import { FaceplateStore } from '../alarm/faceplate.store';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { NavigationFault } from '../core/navigation-fault';
import { LiveStore } from '../live/live.store';
import { PlantStore } from '../live/plant.store';
import { SessionStore } from '../session/session.store';
import { TagSearch } from '../tag/tag-search';
import { HelpDialog } from './help-dialog';
import { LinkBar } from './link-bar';
import { PageHost } from './page-host';
import { TopBar } from './top-bar';

interface Place {
  readonly path: string;
  readonly word: WordKey;
  readonly icon: IconName;
  readonly needs: Permission;
}

const PLACES: readonly Place[] = [
  { path: '/overview', word: 'page.overview', icon: 'overview', needs: 'station.read' },
  { path: '/stations', word: 'page.station', icon: 'station', needs: 'station.read' },
  { path: '/alarms', word: 'page.alarms', icon: 'alarm', needs: 'alarm.read' },
  { path: '/loss', word: 'page.loss', icon: 'loss', needs: 'loss.read' },
  { path: '/diagnostics', word: 'page.diagnostics', icon: 'diagnostics', needs: 'diagnostics.read' },
];

/** What stands around every page: top bar, alarm banner, navigation, faceplate, keys. */
@Component({
  selector: 'lp-shell',
  imports: [
    Boundary,
    RouterLink,
    RouterLinkActive,
    TopBar,
    LinkBar,
    AlarmBanner,
    Faceplate,
    HelpDialog,
    PageHost,
    TagSearch,
    Icon,
    State,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  host: { '(document:keydown)': 'key($event)', '[attr.data-link]': 'link.state()' },
})
export class Shell {
  protected readonly t = inject(Words).t;
  protected readonly api = inject(Api);
  protected readonly link = inject(Link);
  protected readonly plant = inject(PlantStore);
  protected readonly faceplate = inject(FaceplateStore);
  protected readonly alarms = inject(AlarmStore);
  protected readonly sound = inject(AlarmSound);
  protected readonly navigation = inject(NavigationFault);
  private readonly session = inject(SessionStore);
  private readonly live = inject(LiveStore);
  private readonly help = viewChild.required(HelpDialog);
  private readonly search = viewChild.required(TagSearch);
  private readonly head = viewChild.required<ElementRef<HTMLElement>>('head');
  protected readonly said = signal('');

  protected readonly places = computed(() =>
    PLACES.filter((p) => this.session.may(p.needs)).map((p) =>
      p.path === '/stations' ? { ...p, path: `/stations/${this.stationToOpen()}` } : p,
    ),
  );
  private readonly stationToOpen = computed(
    () => this.plant.lastStation() ?? this.session.homeStation() ?? this.plant.stations()[0]?.id ?? '',
  );

  constructor() {
    this.load();
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(() => this.faceplate.close());
    // Dialogs and the menu begin below link bar and banner, whose height changes with what they say.
    const measure = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      document.documentElement.style.setProperty('--head-height', `${Math.ceil(height)}px`);
    });
    afterNextRender(() => measure.observe(this.head().nativeElement));
    destroyed.onDestroy(() => measure.disconnect());
  }

  protected load(): void {
    void this.plant.load();
    void this.live.readLatest();
    void this.alarms.readAgain();
  }

  protected openSearch(): void {
    this.search().open();
  }

  protected openHelp(): void {
    this.help().open();
  }

  protected key(event: KeyboardEvent): void {
    // A key held down would acknowledge one alarm after the other, unseen.
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || this.isTyping(event)) return;
    const actions: Record<string, () => void> = {
      a: () => this.acknowledge(),
      s: () => this.sound.silence(),
      j: () => this.jump(),
      '/': () => this.openSearch(),
      '?': () => this.openHelp(),
      Escape: () => this.faceplate.close(),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  private isTyping(event: KeyboardEvent): boolean {
    const target = event.target instanceof Element ? event.target : null;
    return target?.closest('input, textarea, select, dialog[open], [contenteditable]') != null;
  }

  /** The chosen alarm if it is ours to note, else the worst one; its faceplate opens, so that it is seen. */
  private acknowledge(): void {
    const selected = this.alarms.selected();
    const chosen = selected === null ? null : this.alarms.find(selected);
    const alarm = chosen && this.alarms.mayAcknowledge(chosen) ? chosen : this.alarms.worstOwed();
    if (!alarm || !this.alarms.mayAcknowledge(alarm)) {
      this.said.set(this.t('alarm.nothingToAcknowledge'));
      return;
    }
    this.faceplate.openAlarm(alarm.alarmId);
    void this.alarms.acknowledge(alarm, '');
  }

  private jump(): void {
    const worst = this.alarms.worstOwed() ?? this.alarms.all()[0];
    if (!worst) {
      this.said.set(this.t('alarm.none'));
      return;
    }
    this.alarms.selected.set(worst.alarmId);
    this.faceplate.openAlarm(worst.alarmId);
  }
}
