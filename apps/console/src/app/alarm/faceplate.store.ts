import { Injectable, signal } from '@angular/core';

export type FaceplateSubject =
  { readonly kind: 'alarm'; readonly alarmId: string } | { readonly kind: 'tag'; readonly tagId: number };

/** Which faceplate is open beside the page, if any. */
@Injectable({ providedIn: 'root' })
export class FaceplateStore {
  readonly subject = signal<FaceplateSubject | null>(null);

  openAlarm(alarmId: string): void {
    this.subject.set({ kind: 'alarm', alarmId });
  }

  openTag(tagId: number): void {
    this.subject.set({ kind: 'tag', tagId });
  }

  close(): void {
    this.subject.set(null);
  }
}
