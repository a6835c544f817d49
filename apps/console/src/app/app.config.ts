import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import {
  PreloadAllModules,
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withNavigationErrorHandler,
  withPreloading,
} from '@angular/router';
import { provideWords } from '@linepack/console-ui';
import { routes } from './app.routes';
import { NavigationFault } from './core/navigation-fault';
import { PageTitle } from './core/page-title';
import { Preferences, readLang } from './core/preferences';
import { SessionStore } from './session/session.store';

export const providers: ApplicationConfig['providers'] = [
  provideZonelessChangeDetection(),
  provideBrowserGlobalErrorListeners(),
  provideRouter(
    routes,
    withComponentInputBinding(),
    // Every page is fetched while the server is there: it opens although the link is lost.
    withPreloading(PreloadAllModules),
    withNavigationErrorHandler(({ error }) => inject(NavigationFault).tell(error)),
  ),
  provideWords(readLang()),
  { provide: TitleStrategy, useExisting: PageTitle },
  provideAppInitializer(() => {
    inject(Preferences);
    return inject(SessionStore).resume();
  }),
];
