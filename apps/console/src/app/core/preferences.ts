import { Injectable, computed, effect, inject, signal } from '@angular/core';
import { type Lang, Words } from '@linepack/console-ui';
import { readSetting, writeSetting } from './settings';

export type Theme = 'light' | 'dark' | 'system';
export const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

const KEY = { lang: 'linepack.lang', theme: 'linepack.theme', sound: 'linepack.sound' } as const;

/** Chinese unless English was chosen before. */
export const readLang = (): Lang => (readSetting(KEY.lang) === 'en' ? 'en' : 'zh');

const readTheme = (): Theme => THEMES.find((t) => t === readSetting(KEY.theme)) ?? 'system';

/** What a user chose for this browser: language, theme, sound. Kept here, never on the server. */
@Injectable({ providedIn: 'root' })
export class Preferences {
  private readonly words = inject(Words);
  private readonly systemDark = signal(matchMedia('(prefers-color-scheme: dark)').matches);
  readonly lang = signal<Lang>(readLang());
  readonly theme = signal<Theme>(readTheme());
  readonly sound = signal(readSetting(KEY.sound) !== 'off');
  /** The theme on the screen, after the system's wish. */
  readonly shade = computed(() => {
    const theme = this.theme();
    return theme === 'system' ? (this.systemDark() ? 'dark' : 'light') : theme;
  });

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (e) =>
      this.systemDark.set(e.matches),
    );
    effect(() => {
      const lang = this.lang();
      this.words.speak(lang);
      document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
      writeSetting(KEY.lang, lang);
    });
    effect(() => {
      document.documentElement.dataset['theme'] = this.shade();
      writeSetting(KEY.theme, this.theme());
    });
    effect(() => writeSetting(KEY.sound, this.sound() ? 'on' : 'off'));
  }
}
