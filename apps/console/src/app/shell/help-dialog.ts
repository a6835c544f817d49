import { Component, type ElementRef, inject, viewChild } from '@angular/core';
import { Words } from '@linepack/console-ui';

const KEYS = [
  ['A', 'help.acknowledge'],
  ['S', 'help.silence'],
  ['J', 'help.jump'],
  ['/', 'help.search'],
  ['?', 'help.help'],
  ['Esc', 'help.close'],
] as const;

const SIGNS = [
  ['1', 'help.priorities'],
  ['A–G', 'help.letters'],
  ['LL L H HH', 'help.limits'],
  ['? × ◔ M ⊘ ‖', 'help.quality'],
] as const;

/** Keys and signs on one sheet. */
@Component({
  selector: 'lp-help-dialog',
  template: `<dialog #sheet aria-labelledby="help-title">
    <h2 id="help-title">{{ t('help.title') }}</h2>
    <h3>{{ t('help.keys') }}</h3>
    <dl>
      @for (key of keys; track key[0]) {
        <dt>
          <kbd>{{ key[0] }}</kbd>
        </dt>
        <dd>{{ t(key[1]) }}</dd>
      }
    </dl>
    <h3>{{ t('help.signs') }}</h3>
    <dl>
      @for (sign of signs; track sign[0]) {
        <dt>{{ sign[0] }}</dt>
        <dd>{{ t(sign[1]) }}</dd>
      }
    </dl>
    <form method="dialog">
      <button class="button strong">{{ t('help.close') }}</button>
    </form>
  </dialog>`,
  styles: `
    dialog {
      width: min(560px, calc(100vw - 32px));
      padding: 20px 24px;
      border: 1px solid var(--line-strong);
      border-radius: 4px;
      background: var(--panel);
      color: var(--ink);
      box-shadow: var(--shadow);
    }
    h2 {
      font-size: var(--text-l);
    }
    h3 {
      margin: 14px 0 6px;
    }
    dl {
      display: grid;
      grid-template-columns: 92px 1fr;
      gap: 6px 10px;
      align-items: baseline;
    }
    dt {
      color: var(--ink-2);
      font-weight: 600;
    }
    form {
      margin-top: 16px;
      text-align: right;
    }
  `,
})
export class HelpDialog {
  protected readonly t = inject(Words).t;
  protected readonly keys = KEYS;
  protected readonly signs = SIGNS;
  private readonly sheet = viewChild.required<ElementRef<HTMLDialogElement>>('sheet');

  open(): void {
    this.sheet().nativeElement.showModal();
  }
}
