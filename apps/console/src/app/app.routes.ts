import type { Routes } from '@angular/router';
import { aGasDay, anId } from './core/route-parameters';
import { homeGuard, permitted, signedIn, signedOut } from './session/guards';

/** Titles are word keys: `PageTitle` says them in the language chosen. */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: 'page.signIn',
    canActivate: [signedOut],
    loadComponent: () => import('./session/sign-in.page').then((m) => m.SignInPage),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then((m) => m.Shell),
    children: [
      { path: '', pathMatch: 'full', canActivate: [homeGuard], children: [] },
      {
        path: 'overview',
        title: 'page.overview',
        canActivate: [permitted('station.read')],
        loadComponent: () => import('./overview/overview.page').then((m) => m.OverviewPage),
      },
      {
        path: 'stations/:stationId',
        title: 'page.station',
        canMatch: [anId(1)],
        canActivate: [permitted('station.read')],
        loadComponent: () => import('./station/station.page').then((m) => m.StationPage),
      },
      {
        path: 'alarms',
        title: 'page.alarms',
        canActivate: [permitted('alarm.read')],
        loadComponent: () => import('./alarm/alarms.page').then((m) => m.AlarmsPage),
      },
      {
        path: 'loss',
        title: 'page.loss',
        canActivate: [permitted('loss.read')],
        loadComponent: () => import('./loss/loss.page').then((m) => m.LossPage),
      },
      {
        path: 'loss/:areaId/:gasDay',
        title: 'page.lossDay',
        canMatch: [anId(1), aGasDay(2)],
        canActivate: [permitted('loss.read')],
        loadComponent: () => import('./loss/loss-day.page').then((m) => m.LossDayPage),
      },
      {
        path: 'diagnostics',
        title: 'page.diagnostics',
        canActivate: [permitted('diagnostics.read')],
        loadComponent: () => import('./diagnostics/diagnostics.page').then((m) => m.DiagnosticsPage),
      },
      {
        path: 'forbidden',
        title: 'page.forbidden',
        loadComponent: () => import('./shell/forbidden.page').then((m) => m.ForbiddenPage),
      },
      {
        path: '**',
        title: 'page.notFound',
        loadComponent: () => import('./shell/not-found.page').then((m) => m.NotFoundPage),
      },
    ],
  },
];
