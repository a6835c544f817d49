import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

interface Part {
  /** Which part of a request: `RouteParamtypes` of Nest. */
  readonly kind: number;
  readonly pipes: readonly unknown[];
}

/** Key under which Nest keeps the parameters of a route's method, each as `<kind>:<place>`. */
const ARGUMENTS = '__routeArguments__';

/** What each route takes of its request, and through which pipes. */
export function argumentsOf(app: INestApplicationContext): { name: string; parts: Part[] }[] {
  const scanner = app.get(MetadataScanner, { strict: false });
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ instance, metatype }) => {
      if (!instance || typeof metatype !== 'function') return [];
      return scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).map((method) => {
        const taken = (Reflect.getMetadata(ARGUMENTS, metatype, method) ?? {}) as Record<
          string,
          { pipes?: unknown[] }
        >;
        const parts = Object.entries(taken).map(([key, { pipes = [] }]) => ({
          kind: Number(key.split(':')[0]),
          pipes,
        }));
        return { name: `${metatype.name}.${method}`, parts };
      });
    });
}
