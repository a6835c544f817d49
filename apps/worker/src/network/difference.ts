import type { ConfigChange } from '@linepack/store';

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

const shown = (value: unknown): string => (value === undefined ? '(not set)' : JSON.stringify(value));
const named = ({ entity }: ConfigChange): string => entity.replace(':', ' ');

/** The difference of an import as lines: `+` added, `-` removed (its history stays), `~` changed with old → new. */
export function differenceLines(changes: readonly ConfigChange[]): string[] {
  return changes.flatMap((change) => {
    const note = change.editedInConsole ? '   (edited in the console)' : '';
    const head = `${MARKS[change.change]} ${named(change)}${note}`;
    if (change.change !== 'changed') return [head];
    return [head, ...change.fields.map((f) => `    ${f.field}: ${shown(f.old)} → ${shown(f.new)}`)];
  });
}

const PLURAL: Readonly<Record<string, string>> = { gas: 'gases', network: 'networks' };

/** How many of what, for instance `12 stations, 250 tags added; 1 area removed`. */
export function differenceSummary(changes: readonly ConfigChange[]): string {
  if (changes.length === 0) return 'nothing changed';
  const parts = (['added', 'changed', 'removed'] as const).flatMap((what) => {
    const counts = new Map<string, number>();
    for (const { change, entity } of changes)
      if (change === what) {
        const kind = entity.slice(0, entity.indexOf(':'));
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
    const list = [...counts].map(([kind, n]) => `${n} ${n === 1 ? kind : (PLURAL[kind] ?? `${kind}s`)}`);
    return list.length === 0 ? [] : [`${list.join(', ')} ${what}`];
  });
  return parts.join('; ');
}
