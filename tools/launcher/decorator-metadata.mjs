import { readFile } from 'node:fs/promises';

const decorator = /^\s*@[A-Z]\w*\(/m;

/**
 * NestJS finds what to inject in the metadata that TypeScript emits for decorated classes and esbuild does not: files
 * of the api with decorators go through TypeScript first.
 * @type {import('esbuild').Plugin}
 */
export const decoratorMetadata = {
  name: 'decorator-metadata',
  setup(build) {
    build.onLoad({ filter: /[\\/]apps[\\/]api[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!decorator.test(source)) return undefined;
      const { default: ts } = await import('typescript');
      const { outputText } = ts.transpileModule(source, {
        fileName: path,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          useDefineForClassFields: false,
          inlineSourceMap: true,
          inlineSources: true,
        },
      });
      return { contents: outputText, loader: 'js' };
    });
  },
};
