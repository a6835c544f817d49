import { Injectable, inject, signal } from '@angular/core';
import { Viewport } from '../core/viewport';

export type FaceplateSubject =
  { readonly kind: 'alarm'; readonly alarmId: string } | { readonly kind: 'tag'; readonly tagId: number };

/** Which faceplate is open beside the page, if any. */
@Injectable({ providedIn: 'root' })
export class FaceplateStore {
  private readonly viewport = inject(Viewport);
  readonly subject = signal<FaceplateSubject | null>(null);

  openAlarm(alarmId: string): void {
    this.subject.set({ kind: 'alarm', alarmId });
  }

  openTag(tagId: number): void {
    this.subject.set({ kind: 'tag', tagId });
  }

  /** Somebody goes to a page: a faceplate that lies over it would hide it. */
  makeWay(): void {
    if (this.viewport.overlaid()) this.close();
  }

  close(): void {
    this.subject.set(null);
  }
}
