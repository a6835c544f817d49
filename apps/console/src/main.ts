import { bootstrapApplication } from '@angular/platform-browser';
import { bundledWord } from '@linepack/console-ui';
import { App } from './app/app';
import { providers } from './app/app.config';
import { startWatchdog } from './app/core/watchdog';

// Before Angular and without it: what cannot start must be noticed, too.
startWatchdog(() => ({ still: bundledWord('still.text'), reload: bundledWord('still.reload') }));

bootstrapApplication(App, { providers }).catch((fault: unknown) => console.error(fault));
