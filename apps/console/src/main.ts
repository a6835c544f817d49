import { bootstrapApplication } from '@angular/platform-browser';
import { config } from 'zod';
import { App } from './app/app';
import { providers } from './app/app.config';

// The page's content policy forbids evaluated code; without this zod would try it once and the browser complain.
config({ jitless: true });

bootstrapApplication(App, { providers }).catch((fault: unknown) => console.error(fault));
