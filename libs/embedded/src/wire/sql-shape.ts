/**
 * What the wire server must know of a statement before it runs, because all connections share one session:
 * COPY FROM STDIN (its data must be at hand when it starts), LISTEN and UNLISTEN (whose they are), and the
 * session-wide sweeps.
 */
export type StatementShape =
  | { readonly kind: 'copy-in'; readonly format: 'text' | 'binary' }
  | { readonly kind: 'listen'; readonly channel: string }
  | { readonly kind: 'unlisten'; readonly channel: string | undefined }
  | { readonly kind: 'sweep'; readonly tag: 'DISCARD ALL' | 'DEALLOCATE ALL' }
  | { readonly kind: 'other' };

interface Token {
  readonly word: string;
  readonly quoted: boolean;
  readonly depth: number;
}

const interesting = /\b(copy|listen|unlisten|discard|deallocate)\b/i;

// Comments nest, so they are cut by hand; the rest is PostgreSQL's lexical structure (manual, section 4.1).
const lexeme =
  /(--[^\n]*)|(\/\*)|([eE]'(?:[^'\\]|''|\\[\s\S])*')|((?:[uU]&|[bBxXnN])?'(?:[^']|'')*')|((?:[uU]&)?"((?:[^"]|"")*)")|(\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(;)|([()])|\s+|[\s\S]/y;

const afterComment = (sql: string, from: number): number => {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 1;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
};

const statementsOf = (sql: string): Token[][] => {
  const statements: Token[][] = [[]];
  let depth = 0;
  lexeme.lastIndex = 0;
  const add = (word: string, quoted: boolean): void => {
    statements.at(-1)?.push({ word, quoted, depth });
  };
  for (let found = lexeme.exec(sql); found; found = lexeme.exec(sql)) {
    const [text, , comment, escaped, string, identifier, inner, dollar, , word, semicolon, bracket] = found;
    if (comment) lexeme.lastIndex = afterComment(sql, lexeme.lastIndex);
    else if (dollar) {
      const end = sql.indexOf(dollar, lexeme.lastIndex);
      lexeme.lastIndex = end < 0 ? sql.length : end + dollar.length;
      add('', true);
    } else if (string ?? escaped) add(text.slice(text.indexOf("'") + 1, -1), true);
    else if (identifier) add((inner ?? '').replaceAll('""', '"'), true);
    else if (word) add(word.toLowerCase(), false);
    else if (semicolon) statements.push([]);
    else if (bracket) depth += bracket === '(' ? 1 : -1;
  }
  return statements.filter((tokens) => tokens.length > 0);
};

const copyShape = (tokens: Token[]): StatementShape => {
  const from = tokens.findIndex((t) => t.word === 'from' && !t.quoted && t.depth === 0);
  const source = from < 0 ? undefined : tokens[from + 1];
  // gram.y takes FROM STDOUT for FROM STDIN.
  if (!source || source.quoted || !['stdin', 'stdout'].includes(source.word)) return { kind: 'other' };
  const options = tokens.filter((_, index) => index === 1 || index > from + 1);
  const binary = options.some(
    (token, index) =>
      token.word === 'binary' && (!token.quoted || options[index - 1]?.word === 'format') && token !== source,
  );
  return { kind: 'copy-in', format: binary ? 'binary' : 'text' };
};

const shapeOf = (tokens: Token[]): StatementShape => {
  const [first, second] = tokens;
  if (!first || first.quoted) return { kind: 'other' };
  if (first.word === 'copy') return copyShape(tokens);
  if (first.word === 'listen' && second) return { kind: 'listen', channel: second.word };
  if (first.word === 'unlisten') return { kind: 'unlisten', channel: second?.word };
  if (first.word === 'discard' && second?.word === 'all') return { kind: 'sweep', tag: 'DISCARD ALL' };
  if (first.word === 'deallocate' && tokens.at(-1)?.word === 'all' && !tokens.at(-1)?.quoted) {
    return { kind: 'sweep', tag: 'DEALLOCATE ALL' };
  }
  return { kind: 'other' };
};

/** The shapes of a query's statements, in order; empty when none of its words matters here. */
export function shapesOf(sql: string): StatementShape[] {
  return interesting.test(sql) ? statementsOf(sql).map(shapeOf) : [];
}
