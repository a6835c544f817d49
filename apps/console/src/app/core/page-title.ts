import { Injectable, effect, inject, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { Words } from '@linepack/console-ui';

/** The window's title: what is on the screen, then the product, following the language. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly words = inject(Words);
  private readonly title = inject(Title);
  private readonly key = signal('');

  constructor() {
    super();
    effect(() => {
      const key = this.key();
      const product = this.words.t('product.name');
      this.title.setTitle(this.words.has(key) ? `${this.words.t(key)} · ${product}` : product);
    });
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.key.set(this.buildTitle(snapshot) ?? '');
  }
}
