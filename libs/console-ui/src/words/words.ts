import { Injectable, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import {
  TranslocoService,
  type TranslocoLoader,
  provideTransloco,
  type Translation,
} from '@jsverse/transloco';
import type { LocalName } from '@linepack/network';
import { of } from 'rxjs';
import enWords from './en.json';
import enResponse from './response/en.json';
import zhResponse from './response/zh.json';
import zhWords from './zh.json';

const zh = { ...zhWords, response: zhResponse };
const en = { ...enWords, response: enResponse };

export const LANGS = ['zh', 'en'] as const;
export type Lang = (typeof LANGS)[number];

type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Leaves<T[K], `${P}${K}.`>;
}[keyof T & string];

/** Every key of the word files: a key that is missing is a compile error, in templates too. */
export type WordKey = Leaves<typeof zh>;

// Both languages must have the same shape; the compiler says so before any test does.
const TRANSLATIONS: Record<Lang, typeof zh> = { zh, en };

/** A word without Angular, in the language the page says it is in. */
export function bundledWord(key: WordKey): string {
  const lang: Lang = document.documentElement.lang === 'en' ? 'en' : 'zh';
  const found = key
    .split('.')
    .reduce<unknown>((tree, part) => (tree as Record<string, unknown>)[part], TRANSLATIONS[lang]);
  return String(found);
}

class BundledWords implements TranslocoLoader {
  getTranslation(lang: string) {
    return of<Translation>(TRANSLATIONS[lang as Lang]);
  }
}

/** Both languages are part of the bundle: switching never waits for the server, nor fails with it. */
export const provideWords = (lang: Lang) =>
  provideTransloco({
    config: {
      availableLangs: [...LANGS],
      defaultLang: lang,
      reRenderOnLangChange: true,
      prodMode: true,
    },
    loader: BundledWords,
  });

/** What the console says, in the language chosen. Reading a word in a template makes it follow the switch. */
@Injectable({ providedIn: 'root' })
export class Words {
  private readonly transloco = inject(TranslocoService);
  private readonly active = toSignal(this.transloco.langChanges$, {
    initialValue: this.transloco.getActiveLang(),
  });

  constructor() {
    for (const lang of LANGS) this.transloco.setTranslation(TRANSLATIONS[lang], lang);
  }

  lang(): Lang {
    return this.active() as Lang;
  }

  /** BCP 47 tag for `Intl`. */
  locale(): string {
    return this.lang() === 'zh' ? 'zh-CN' : 'en-GB';
  }

  speak(lang: Lang): void {
    this.transloco.setActiveLang(lang);
  }

  readonly t = (key: WordKey, params?: Record<string, string | number>): string =>
    this.transloco.translate<string>(key, params, this.lang());

  /** True when the word files have this key: for words that come from the server. */
  has(key: string): key is WordKey {
    return this.transloco.getTranslation(this.lang())[key] !== undefined;
  }

  readonly name = (name: LocalName): string => name[this.lang()];
}
