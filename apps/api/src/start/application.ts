import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SwaggerModule } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { correlate } from '../http/correlation';
import { NestLog } from '../http/logger';
import { secure } from '../http/security-headers';
import { openApiDocument } from '../openapi/document';
import { assertAllAreGuarded } from '../openapi/routes';
import type { Settings } from '../settings/settings';
import { VERSION } from '../settings/version';
import { ConsoleFiles } from '../static/console-files';
import { AppModule } from './app.module';
import type { GiveUp } from './warm-up';

/**
 * The whole api, listening.
 * @param giveUp called later, when it turns out that the process must not go on
 * @throws Error when a route names nobody who may call it, or the port cannot be had
 */
export async function startApplication(
  settings: Settings,
  logger: Logger,
  giveUp: GiveUp,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings, logger, giveUp), {
    logger: new NestLog(logger),
    abortOnError: false,
    forceCloseConnections: true,
  });
  // A proxy on this host may say for whom and by which scheme it asks; nobody else is believed.
  app.set('trust proxy', 'loopback');
  app.disable('x-powered-by');
  app.use(correlate);
  app.use(secure);
  app.use(new ConsoleFiles(settings.consoleFolder).serve);
  app.useWebSocketAdapter(new IoAdapter(app));
  assertAllAreGuarded(app);
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app, VERSION), {
    jsonDocumentUrl: 'api/docs-json',
    raw: ['json'],
    customSiteTitle: 'Linepack API',
  });
  await app.listen(settings.port, settings.host);
  return app;
}
