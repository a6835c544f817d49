import { Injectable, inject, signal } from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';

/** A page that was asked for and could not be opened; taken back when one opens. */
@Injectable({ providedIn: 'root' })
export class NavigationFault {
  private readonly router = inject(Router);
  private readonly told = signal<string | null>(null);
  readonly fault = this.told.asReadonly();

  constructor() {
    this.router.events.subscribe((event) => {
      if (event instanceof NavigationEnd) this.told.set(null);
    });
  }

  tell(fault: unknown): void {
    console.error(fault);
    this.told.set(fault instanceof Error ? fault.message : String(fault));
  }
}
