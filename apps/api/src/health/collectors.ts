import type { LossLedger, PartStatus, SourceState } from '@linepack/contracts';

/** A collector speaks every two seconds; one not heard for this long is gone, whatever it said last. Microseconds. */
const SILENT_AFTER = 20_000_000;
/** An instance that has been gone this long is no longer listed. Microseconds. */
const FORGOTTEN_AFTER = 86_400_000_000;

interface Word {
  readonly status: PartStatus;
  /** This process's clock, microseconds: another computer's may differ. */
  readonly heardAt: number;
}

/** The collectors, each by its own last word, and all of them as the one part that watches the plant. */
export class Collectors {
  private readonly words = new Map<string, Word>();

  take(status: PartStatus, heardAt: number): void {
    this.words.set(status.instance ?? '', { status, heardAt });
    for (const [instance, word] of this.words)
      if (heardAt - word.heardAt > FORGOTTEN_AFTER) this.words.delete(instance);
  }

  /** Each instance. A bus that broke together with a collector could not pass on its last will. */
  list(now: number): PartStatus[] {
    return [...this.words.values()]
      .map(({ status, heardAt }) =>
        now - heardAt <= SILENT_AFTER ? status : { ...status, state: 'down' as const },
      )
      .sort((a, b) => (a.instance ?? '').localeCompare(b.instance ?? ''));
  }

  owns(partition: string, now: number): boolean {
    const living = this.list(now).filter(({ state }) => state !== 'down');
    return unownedOf(living, [partition]).length === 0;
  }

  /**
   * All as one. It is down when a partition has no living owner: nobody watches those alarms. A standby that goes
   * takes nothing away.
   * @param wanted every partition there is
   */
  asOne(now: number, wanted: readonly string[]): PartStatus | null {
    const all = this.list(now);
    if (all.length === 0) return null;
    const living = all.filter(({ state }) => state !== 'down');
    const unowned = unownedOf(living, wanted);
    return {
      part: 'collector',
      state: stateOf(living, unowned),
      at: Math.max(...all.map(({ at }) => at)),
      detail: detailOf(living.length > 0 ? living : all),
      ...(living.some(({ database }) => database !== undefined)
        ? { database: living.some(({ database }) => database === 'away') ? 'away' : 'up' }
        : {}),
      spool: {
        entries: sum(all, ({ spool }) => spool?.entries),
        bytes: sum(all, ({ spool }) => spool?.bytes),
      },
      sources: sourcesOf(all),
      samplesPerSecond: sum(living, ({ samplesPerSecond }) => samplesPerSecond),
      alarmInconsistencies: sum(all, ({ alarmInconsistencies }) => alarmInconsistencies),
      ...totals(all.flatMap(({ ledger }) => ledger ?? [])),
      unowned,
    };
  }
}

function unownedOf(living: readonly PartStatus[], wanted: readonly string[]): string[] {
  const working = living.filter(({ state }) => state !== 'starting');
  const owned = new Set(working.flatMap(({ partitions }) => partitions ?? []));
  return wanted.filter((partition) => !owned.has(partition));
}

function stateOf(living: readonly PartStatus[], unowned: readonly string[]): PartStatus['state'] {
  if (living.length === 0) return 'down';
  const isStarting = living.some(({ state }) => state === 'starting');
  if (unowned.length > 0) return isStarting ? 'starting' : 'down';
  const working = living.filter(({ state }) => state !== 'starting');
  if (working.length === 0) return 'starting';
  return working.some(({ state }) => state !== 'up') ? 'degraded' : 'up';
}

const detailOf = (of: readonly PartStatus[]): string =>
  of
    .filter(({ detail }) => detail !== '')
    .map(({ instance, detail }) => (of.length > 1 && instance ? `${instance}: ${detail}` : detail))
    .join('; ');

const sum = <T>(of: readonly T[], figure: (one: T) => number | undefined): number =>
  of.reduce((total, one) => total + (figure(one) ?? 0), 0);

/** Several collectors may hear one source: it is as well as it is for the one that hears it worst. */
function sourcesOf(collectors: readonly PartStatus[]): SourceState[] {
  const heard = new Map<string, SourceState[]>();
  const told = (state: PartStatus['state']) =>
    collectors
      .filter((one) => (one.state === 'down') === (state === 'down'))
      .flatMap((one) => one.sources ?? []);
  for (const source of told('up'))
    heard.set(source.sourceId, [...(heard.get(source.sourceId) ?? []), source]);
  // What a collector that is gone said of its links holds no longer, and counts where no other has them.
  for (const source of told('down'))
    if (!heard.has(source.sourceId)) heard.set(source.sourceId, [{ ...source, state: 'disconnected' }]);
  return [...heard.values()].map(oneSource);
}

const ILLNESS = { connected: 0, connecting: 1, disconnected: 2 } as const;

function oneSource(words: readonly SourceState[]): SourceState {
  const [worst] = [...words].sort((a, b) => ILLNESS[b.state] - ILLNESS[a.state]) as [SourceState];
  const heardAt = words.flatMap(({ lastNotificationAt }) => lastNotificationAt ?? []);
  return {
    ...worst,
    lastNotificationAt: heardAt.length > 0 ? Math.max(...heardAt) : null,
    monitored: sum(words, ({ monitored }) => monitored),
    rejected: sum(words, ({ rejected }) => rejected),
    withoutFirstValue: sum(words, ({ withoutFirstValue }) => withoutFirstValue),
    ...totals(words.flatMap(({ ledger }) => ledger ?? [])),
  };
}

/** Ledgers added up, column by column; nothing when there is none. */
function totals(ledgers: readonly LossLedger[]): { ledger?: LossLedger } {
  if (ledgers.length === 0) return {};
  const refused: Record<string, number> = {};
  for (const ledger of ledgers)
    for (const [reason, count] of Object.entries(ledger.refused))
      refused[reason] = (refused[reason] ?? 0) + count;
  const column = (name: Exclude<keyof LossLedger, 'refused'>) => sum(ledgers, (ledger) => ledger[name]);
  return {
    ledger: {
      received: column('received'),
      stored: column('stored'),
      unchanged: column('unchanged'),
      duplicate: column('duplicate'),
      history: column('history'),
      refused,
      discarded: column('discarded'),
      waiting: column('waiting'),
      uncounted: column('uncounted'),
    },
  };
}
