const NAMED = 5;

/** Such as `no first value (7): ns=1;s=a, …`; empty when there is none. */
export function named(what: string, names: readonly string[]): string {
  const some = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${what} (${names.length}): ${some}, …` : some && `${what}: ${some}`;
}
