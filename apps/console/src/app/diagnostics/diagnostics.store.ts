import { DestroyRef, Injectable, inject } from '@angular/core';
import { Diagnostics } from '@linepack/contracts';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { Loading } from '../core/loading';

const EVERY_MS = 5_000;

/** Connections, waiting entries and lag, read every five seconds while the page is open. */
@Injectable()
export class DiagnosticsStore {
  private readonly api = inject(Api);
  private readonly reading = new Loading<Diagnostics>();
  readonly value = this.reading.value;
  readonly state = this.reading.state;
  readonly error = this.reading.error;

  constructor() {
    void this.read();
    const timer = setInterval(() => void this.read(), EVERY_MS);
    const again = inject(Link).joined.subscribe(() => void this.read());
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      again.unsubscribe();
    });
  }

  read(): Promise<void> {
    return this.reading.read(() => this.api.get('/api/diagnostics', Diagnostics));
  }
}
