import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml';
import { hasVariables, substitute, typed, type Environment } from './environment';
import { NetworkFile, type SourceConfig } from './network-file';
import { referenceFaults, type KnownNames } from './references';
import { contentFaults, type ContentFault, type Path } from './schema-faults';

/** What is wrong at a place of the file; line and column count from 1. */
export interface NetworkFault {
  readonly line: number;
  readonly column: number;
  /** Such as `stations[gate-east].tags[pt-101].unit`. */
  readonly path: string;
  readonly message: string;
}

export type ParsedNetworkFile =
  | {
      readonly ok: true;
      /** With the environment's values. */
      readonly network: NetworkFile;
      /** As it is to be stored: sources keep their `${NAME}` (see `resolveEnvironment`). */
      readonly stored: NetworkFile;
    }
  | { readonly ok: false; readonly faults: readonly NetworkFault[] };

export interface ParseOptions extends KnownNames {
  readonly env: Environment;
}

/**
 * Reads a network file (YAML). All faults are told, not the first: first those of the YAML, then those of variables,
 * keys and values, and when each part is right by itself, those between the parts.
 */
export function parseNetworkFile(text: string, { env, ...known }: ParseOptions): ParsedNetworkFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0)
    return failed(document.errors.map((e) => ({ ...place(lines, e.pos[0]), path: '', message: e.message })));

  const unresolved = document.toJS() as { sources?: unknown[] } | null;
  const variables = substituteAll(document, env);
  const content: unknown = document.toJS();
  const at = (f: ContentFault): NetworkFault => located(f, document, content, lines);
  const parsed = NetworkFile.safeParse(content);
  const wrong = parsed.success ? [] : contentFaults(parsed.error.issues, content);
  if (variables.length + wrong.length > 0 || !parsed.success)
    return failed([
      ...variables.map((v) => ({
        ...place(lines, v.offset),
        path: pathText(v.path, content),
        message: v.message,
      })),
      ...wrong.map(at),
    ]);

  const between = referenceFaults(parsed.data, known);
  if (between.length > 0) return failed(between.map(at));
  const sources = parsed.data.sources.map((source, i) => withVariables(source, unresolved?.sources?.[i]));
  return { ok: true, network: parsed.data, stored: { ...parsed.data, sources } };
}

const failed = (faults: readonly NetworkFault[]): ParsedNetworkFile => ({
  ok: false,
  faults: [...faults].sort((a, b) => a.line - b.line || a.column - b.column),
});

const place = (lines: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};

/** Fields that held a variable hold its name again. */
function withVariables(source: SourceConfig, unresolved: unknown): SourceConfig {
  const named = Object.entries((unresolved ?? {}) as Record<string, unknown>).filter(
    ([, value]) => typeof value === 'string' && hasVariables(value),
  );
  return { ...source, ...Object.fromEntries(named) } as SourceConfig;
}

interface VariableFault {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** Substitutes after parsing, so that no value can change the file's structure. */
function substituteAll(document: Document, env: Environment): VariableFault[] {
  const faults: VariableFault[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !hasVariables(node.value)) return;
      const { text, missing } = substitute(node.value, env);
      node.value = node.type === 'PLAIN' ? typed(text) : text;
      for (const name of missing)
        faults.push({
          offset: node.range?.[0] ?? 0,
          path: pathTo(node, ancestors),
          message: `environment variable ${name} is not set; \${${name}:-value} would give a default`,
        });
    },
  });
  return faults;
}

function pathTo(node: Node, ancestors: readonly unknown[]): Path {
  return ancestors.flatMap((ancestor, i): Path => {
    if (isPair(ancestor) && isScalar(ancestor.key)) return [String(ancestor.key.value)];
    return isSeq(ancestor) ? [ancestor.items.indexOf(ancestors[i + 1] ?? node)] : [];
  });
}

/** The nearest place there is: a value, a key, or what something is missing from. */
function located(
  fault: ContentFault,
  document: Document,
  content: unknown,
  lines: LineCounter,
): NetworkFault {
  const { path, message } = fault;
  let offset = 0;
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length), fault.atKey === true && length === path.length);
    if (node?.range) {
      offset = node.range[0];
      break;
    }
  }
  return { ...place(lines, offset), path: pathText(path, content), message };
}

function nodeAt(document: Document, path: Path, atKey: boolean): Node | undefined {
  if (atKey) {
    const parent = document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((p) => isScalar(p.key) && String(p.key.value) === String(path.at(-1)))
      : undefined;
    return pair?.key as Node | undefined;
  }
  return (path.length === 0 ? document.contents : document.getIn(path, true)) as Node | undefined;
}

/** Members of lists are named by their id where they have one. */
function pathText(path: Path, content: unknown): string {
  let text = '';
  let value: unknown = content;
  for (const key of path) {
    value = (value as Record<string | number, unknown> | undefined | null)?.[key];
    if (typeof key === 'number') {
      const id = (value as { id?: unknown } | undefined | null)?.id;
      text += `[${typeof id === 'string' ? id : key}]`;
    } else text += text === '' ? key : `.${key}`;
  }
  return text;
}
