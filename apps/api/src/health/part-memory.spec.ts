import type { LossLedger, PartStatus, SourceState } from '@linepack/contracts';
import { PartMemory, publicStatus, type OwnView } from './part-memory';

const SECOND = 1_000_000;
const view = (at: number, more: Partial<OwnView> = {}): OwnView => ({
  at,
  database: 'up',
  bus: 'up',
  deafTo: [],
  partitions: ['gate', 'town', 'network'],
  auditSetAside: 0,
  ...more,
});

const collector = (instance: string, partitions: string[], more: Partial<PartStatus> = {}): PartStatus => ({
  part: 'collector',
  state: 'up',
  at: 0,
  detail: '',
  instance,
  partitions,
  ...more,
});

const source = (state: SourceState['state'], more: Partial<SourceState> = {}): SourceState => ({
  sourceId: 'plc',
  state,
  since: 0,
  lastNotificationAt: null,
  monitored: 3,
  rejected: 0,
  error: null,
  ...more,
});

const ledger = (received: number, refused: Record<string, number>): LossLedger => ({
  received,
  stored: received,
  unchanged: 0,
  duplicate: 0,
  history: 0,
  refused,
  discarded: 0,
  waiting: 0,
  uncounted: 0,
});

const collectorOf = (memory: PartMemory, at: number): PartStatus =>
  memory.list(view(at)).find((p) => p.part === 'collector') as PartStatus;

describe('the parts', () => {
  it('take a collector that fell silent without a last will for gone, until it speaks again', () => {
    const memory = new PartMemory();
    expect(collectorOf(memory, 0).state).toBe('absent');
    const word = collector('a', ['gate', 'town', 'network']);
    memory.take(word, 0);
    expect(collectorOf(memory, 5 * SECOND).state).toBe('up');
    expect(collectorOf(memory, 60 * SECOND).state).toBe('down');
    memory.take(word, 61 * SECOND);
    expect(collectorOf(memory, 62 * SECOND).state).toBe('up');
  });

  it('believe the last word of those that speak only of changes', () => {
    const memory = new PartMemory();
    memory.take({ part: 'worker', state: 'up', at: 0, detail: '' }, 0);
    expect(memory.list(view(3_600 * SECOND)).find((p) => p.part === 'worker')?.state).toBe('up');
  });

  it('say that something is wrong with the api while audit entries lie set aside', () => {
    expect(new PartMemory().list(view(0, { auditSetAside: 2 })).at(-1)).toMatchObject({
      part: 'api',
      state: 'degraded',
    });
  });

  it('say that the api is not well while the bus keeps something from it, and what', () => {
    const [api] = new PartMemory().list(view(0, { deafTo: ['linepack/alarm/event/+'] })).slice(-1);
    expect(api).toMatchObject({
      state: 'degraded',
      detail: 'the bus refuses to let it hear linepack/alarm/event/+',
    });
  });

  it('tell the public that a part works or not, and no word of how', () => {
    const status = collector('a', ['gate'], {
      state: 'degraded',
      detail: 'not connected: gate-plc',
      sources: [source('disconnected', { error: 'connect ECONNREFUSED 10.0.0.7:4840' })],
      database: 'up',
      history: { phase: 'failed', percent: 3, detail: 'Error: relation "x"' },
    });
    expect(publicStatus(status)).toEqual({
      part: 'collector',
      state: 'degraded',
      at: 0,
      detail: '',
      database: 'up',
      history: { phase: 'failed', percent: 3, detail: '' },
    });
  });
});

describe('several collectors', () => {
  const two = (first: PartStatus, second: PartStatus) => {
    const memory = new PartMemory();
    memory.take(first, 0);
    memory.take(second, 0);
    return memory;
  };

  it.each<[string, PartStatus['state'], string[], PartStatus, PartStatus]>([
    ['share the stations', 'up', [], collector('a', ['gate']), collector('b', ['town', 'network'])],
    ['stand by for one another', 'up', [], collector('a', ['gate', 'town', 'network']), collector('b', [])],
    [
      'may lose the one that stood by',
      'up',
      [],
      collector('a', ['gate', 'town', 'network']),
      collector('b', [], { state: 'down' }),
    ],
    [
      'are down when a station has no living owner',
      'down',
      ['town', 'network'],
      collector('a', ['gate']),
      collector('b', ['town', 'network'], { state: 'down' }),
    ],
    [
      'are down when nobody speaks for the network',
      'down',
      ['network'],
      collector('a', ['gate']),
      collector('b', ['town']),
    ],
    [
      'are starting while one of them is about to take the rest',
      'starting',
      ['town', 'network'],
      collector('a', ['gate']),
      collector('b', [], { state: 'starting' }),
    ],
    [
      'are as well as the one that is worst',
      'degraded',
      [],
      collector('a', ['gate', 'town'], { state: 'degraded' }),
      collector('b', ['network']),
    ],
  ])('%s', (_what, state, unowned, first, second) => {
    expect(collectorOf(two(first, second), 1)).toMatchObject({ state, unowned });
  });

  it('are listed one by one, and the silent one as gone', () => {
    const memory = two(collector('b', ['gate']), collector('a', []));
    memory.take(collector('b', ['gate']), 60 * SECOND);
    expect(memory.collectorsAt(61 * SECOND).map(({ instance, state }) => [instance, state])).toEqual([
      ['a', 'down'],
      ['b', 'up'],
    ]);
  });

  it('have their ledgers, samples and spools added up', () => {
    const more = (n: number, reason: string): Partial<PartStatus> => ({
      ledger: ledger(n, { [reason]: 1 }),
      samplesPerSecond: n,
      spool: { entries: n, bytes: 10 * n },
      alarmInconsistencies: n,
    });
    const both = two(
      collector('a', ['gate'], more(1, 'noTime')),
      collector('b', ['town', 'network'], more(2, 'noTime')),
    );
    expect(collectorOf(both, 1)).toMatchObject({
      ledger: ledger(3, { noTime: 2 }),
      samplesPerSecond: 3,
      spool: { entries: 3, bytes: 30 },
      alarmInconsistencies: 3,
    });
  });

  it('say of a source they share how it is for the one that hears it worst; one that is gone says nothing', () => {
    const fault = source('disconnected', { error: 'refused', lastNotificationAt: 5 });
    const shared = two(
      collector('a', ['gate'], { sources: [source('connected', { lastNotificationAt: 7 })] }),
      collector('b', ['town', 'network'], { sources: [fault] }),
    );
    expect(collectorOf(shared, 1).sources).toMatchObject([
      { state: 'disconnected', error: 'refused', monitored: 6, lastNotificationAt: 7 },
    ]);
    shared.take(collector('b', [], { state: 'down', sources: [fault] }), 1);
    expect(collectorOf(shared, 1).sources).toMatchObject([{ state: 'connected', monitored: 3 }]);
    shared.take(collector('a', [], { state: 'down', sources: [source('connected')] }), 1);
    expect(collectorOf(shared, 1).sources).toMatchObject([{ state: 'disconnected' }]);
  });
});
