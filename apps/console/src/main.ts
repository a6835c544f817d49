import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { providers } from './app/app.config';

bootstrapApplication(App, { providers }).catch((fault: unknown) => console.error(fault));
