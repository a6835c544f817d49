import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import { TitleStrategy, provideRouter, withComponentInputBinding } from '@angular/router';
import { provideWords } from '@linepack/console-ui';
import { routes } from './app.routes';
import { PageTitle } from './core/page-title';
import { Preferences, readLang } from './core/preferences';
import { SessionStore } from './session/session.store';

export const providers: ApplicationConfig['providers'] = [
  provideZonelessChangeDetection(),
  provideBrowserGlobalErrorListeners(),
  provideRouter(routes, withComponentInputBinding()),
  provideWords(readLang()),
  { provide: TitleStrategy, useExisting: PageTitle },
  provideAppInitializer(() => {
    inject(Preferences);
    return inject(SessionStore).resume();
  }),
];
