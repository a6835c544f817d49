import { Injectable, computed, effect, inject, signal } from '@angular/core';
import type { AlarmPriority } from '@linepack/contracts';
import { Preferences } from '../core/preferences';
import { AlarmStore } from './alarm.store';
import { occurrenceKey } from './alarm-table';

/** Seconds between repetitions, and the tones (Hz) of one call, by priority. */
const CALLS: Record<AlarmPriority, { every: number; tones: readonly number[] }> = {
  1: { every: 2, tones: [880, 660, 880, 660] },
  2: { every: 4, tones: [660, 520] },
  3: { every: 8, tones: [520] },
};
const TONE_S = 0.16;
const VOLUME = 0.18;

/**
 * The alarm's sound: repeats until every alarm is acknowledged or silenced. A silenced occurrence stays silent; a new
 * one sounds again. Browsers give no sound before the first click or key, so that is asked for visibly.
 */
@Injectable({ providedIn: 'root' })
export class AlarmSound {
  private readonly alarms = inject(AlarmStore);
  private readonly preferences = inject(Preferences);
  private context: AudioContext | null = null;
  private readonly silenced = signal<ReadonlySet<string>>(new Set());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private calling: AlarmPriority | null = null;

  /** The browser lets us sound. */
  readonly unlocked = signal(false);
  private readonly loud = computed(() =>
    this.alarms.owed().filter((a) => !this.silenced().has(occurrenceKey(a))),
  );
  readonly topLoud = computed<AlarmPriority | null>(() => this.loud()[0]?.priority ?? null);
  readonly sounding = computed(() => this.preferences.sound() && this.topLoud() !== null);
  readonly waitsForGesture = computed(() => this.sounding() && !this.unlocked());

  constructor() {
    const unlock = () => {
      this.context ??= new AudioContext();
      void this.context.resume().then(() => {
        this.unlocked.set(true);
        for (const kind of ['pointerdown', 'keydown']) document.removeEventListener(kind, unlock);
      });
    };
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, unlock);
    effect(() => this.follow(this.unlocked() && this.sounding() ? this.topLoud() : null));
  }

  /** Silences every alarm that sounds now, until a new one comes. */
  silence(): void {
    this.silenced.set(new Set(this.alarms.owed().map(occurrenceKey)));
  }

  /** Sounds once, whatever is set: to hear that the loudspeaker works. */
  test(): void {
    this.context ??= new AudioContext();
    void this.context.resume().then(() => this.play(1));
  }

  private follow(priority: AlarmPriority | null): void {
    if (priority === this.calling) return;
    this.calling = priority;
    clearTimeout(this.timer);
    if (priority !== null) this.repeat(priority);
  }

  private repeat(priority: AlarmPriority): void {
    this.play(priority);
    this.timer = setTimeout(() => this.repeat(priority), CALLS[priority].every * 1_000);
  }

  private play(priority: AlarmPriority): void {
    const context = this.context;
    if (!context) return;
    CALLS[priority].tones.forEach((frequency, i) => {
      const start = context.currentTime + i * TONE_S;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.type = 'triangle';
      tone.frequency.value = frequency;
      // Ramps instead of steps: a step clicks.
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
      gain.gain.linearRampToValueAtTime(0, start + TONE_S - 0.01);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    });
  }
}
