import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Icon, PriorityMark, Words, formatClock, formatSpan } from '@linepack/console-ui';
import { Clock } from '../core/clock';
import { Link } from '../core/link';
import { AlarmSound } from './alarm-sound';
import { AlarmWords } from './alarm-words';
import { AlarmStore } from './alarm.store';
import { FaceplateStore } from './faceplate.store';

/** On every page: how many alarms, the worst nobody answered, flood, set aside, not journalled. */
@Component({
  selector: 'lp-alarm-banner',
  imports: [Icon, PriorityMark, RouterLink],
  templateUrl: './alarm-banner.html',
  styleUrl: './alarm-banner.css',
})
export class AlarmBanner {
  protected readonly words = inject(Words);
  protected readonly t = this.words.t;
  protected readonly say = inject(AlarmWords);
  protected readonly alarms = inject(AlarmStore);
  protected readonly sound = inject(AlarmSound);
  protected readonly faceplate = inject(FaceplateStore);
  protected readonly link = inject(Link);
  private readonly clock = inject(Clock);

  protected readonly worst = computed(() => {
    const alarm = this.alarms.worstOwed();
    if (!alarm) return null;
    const since = alarm.activeSince;
    return {
      alarm,
      time: since === null ? '' : formatClock(since, this.say.zone(alarm)),
      age: since === null ? '' : formatSpan(this.clock.now() - since),
    };
  });
}
