import type { SourceConfig, SourceId, TagConfig, TagId } from '@linepack/network';
import { Acquisition } from '../src/acquisition/acquisition';
import { CAPABILITIES } from '../src/acquisition/capabilities';
import type { AddressedTag, PlantSource, SourceCapabilities } from '../src/acquisition/source';
import type { CollectorConfiguration, CollectorTag } from '../src/configuration/collector-configuration';
import { systemTime } from '../src/time';
import { Listener, said } from './listener';

const name = { zh: '源', en: 'Source' };
const broker = (password: string): SourceConfig => ({
  id: 'broker',
  name,
  kind: 'mqtt',
  url: 'mqtt://127.0.0.1:1',
  password,
});
const plc: SourceConfig = {
  id: 'plc',
  name,
  kind: 'opcua',
  endpoint: 'opc.tcp://127.0.0.1:1',
  securityMode: 'none',
  publishingIntervalMs: 1_000,
};
const tag = (tagId: number, source: 'broker' | 'plc'): CollectorTag => {
  const address =
    source === 'plc'
      ? { source, node: `ns=1;s=${tagId}` }
      : { source, topic: `plant/${tagId}`, path: 'v', timePath: 'ts' };
  return { tagId: tagId as TagId, sourceId: source, config: { address } as TagConfig } as CollectorTag;
};
const configuration = (sources: SourceConfig[], tags: CollectorTag[]): CollectorConfiguration => ({
  stations: [],
  sources,
  tags,
});

/** Keeps what was done with the sources, in order. */
class Made {
  readonly done: string[] = [];
  /** How long every source takes to stop. */
  stopping: Promise<void> = Promise.resolve();
  readonly listeners = new Map<SourceId, Listener>();
  readonly capabilities = new Map<SourceId, SourceCapabilities>();

  acquisition(env: Record<string, string>): Acquisition {
    return new Acquisition({
      make: (config, tags) => this.source(config.id as SourceId, tags),
      env,
      sinkOf: (id, capabilities) => {
        const listener = new Listener();
        this.listeners.set(id, listener);
        this.capabilities.set(id, capabilities);
        return listener;
      },
      time: systemTime,
      log: said.log,
    });
  }

  private source(id: SourceId, tags: readonly AddressedTag[]): PlantSource {
    const say = (what: string, some: readonly AddressedTag[] = []): void =>
      void this.done.push([id, what, ...some.map((t) => t.tagId)].join(' '));
    say('made', tags);
    return {
      id,
      start: () => say('started'),
      watch: (other) => say('watches', other),
      stop: () => {
        say('stopped');
        return this.stopping;
      },
      state: () => {
        throw new Error('not asked here');
      },
    };
  }
}

let made: Made;
beforeEach(() => {
  made = new Made();
  said.lines.length = 0;
});

test('a source whose variable is not set is lost from the beginning, with the name of the variable', async () => {
  const acquisition = made.acquisition({});
  await acquisition.configure(
    configuration([broker('${RTU_PASSWORD}'), plc], [tag(1, 'broker'), tag(2, 'plc')]),
  );
  const why = 'source broker: password: environment variable RTU_PASSWORD is not set';
  expect(made.listeners.get('broker' as SourceId)?.told).toEqual([`lost: ${why}`]);
  expect(made.done).toEqual(['plc made 2', 'plc started']);
  expect(said.lines).toEqual([`error: ${why}`]);
  await acquisition.configure(
    configuration([broker('${RTU_PASSWORD}'), plc], [tag(1, 'broker'), tag(2, 'plc')]),
  );
  expect(said.lines).toHaveLength(1);
  await acquisition.stop();
  expect(made.listeners.get('broker' as SourceId)?.told).toEqual([`lost: ${why}`, 'stopped']);
});

test('such a source is among the states', async () => {
  const acquisition = made.acquisition({});
  await acquisition.configure(configuration([broker('${RTU_PASSWORD}')], [tag(1, 'broker')]));
  expect(acquisition.states()).toMatchObject([
    { sourceId: 'broker', state: 'disconnected', error: expect.stringContaining('RTU_PASSWORD') },
  ]);
});

test('other tags are asked for over the connection that is there; another address is another connection', async () => {
  const acquisition = made.acquisition({ A: 'a' });
  await acquisition.configure(configuration([broker('${A}')], [tag(1, 'broker')]));
  await acquisition.configure(configuration([broker('${A}')], [tag(1, 'broker'), tag(2, 'broker')]));
  await acquisition.configure(configuration([broker('b')], [tag(2, 'broker')]));
  expect(made.done).toEqual([
    'broker made 1',
    'broker started',
    'broker watches 1 2',
    'broker stopped',
    'broker made 2',
    'broker started',
  ]);
});

test('a tag that is another signal now is asked for over another connection: it may not change for long', async () => {
  const acquisition = made.acquisition({});
  const scaledBy = (factor: number): CollectorTag => {
    const one = tag(2, 'plc');
    return { ...one, config: { ...one.config, scale: { factor, offset: 0 } } };
  };
  await acquisition.configure(configuration([broker('b'), plc], [tag(1, 'broker'), scaledBy(1)]));
  made.done.length = 0;
  await acquisition.configure(configuration([broker('b'), plc], [tag(1, 'broker'), scaledBy(1_000)]));
  expect(made.done).toEqual(['plc stopped', 'broker watches 1', 'plc made 2', 'plc started']);
});

test('a source that no tag needs is not connected, and is left for good when the last tag goes', async () => {
  const acquisition = made.acquisition({});
  await acquisition.configure(configuration([broker('b'), plc], [tag(1, 'broker')]));
  await acquisition.configure(configuration([broker('b'), plc], []));
  expect(made.done).toEqual(['broker made 1', 'broker started', 'broker watches', 'broker stopped']);
});

test('a source that is being left is no state any more: that it is away on purpose calls nobody', async () => {
  const acquisition = made.acquisition({});
  await acquisition.configure(configuration([plc], [tag(2, 'plc')]));
  let stopped: () => void = () => undefined;
  made.stopping = new Promise((resolve) => (stopped = resolve));
  const left = acquisition.configure(configuration([plc], []));
  await new Promise((resolve) => setImmediate(resolve));
  expect(made.done.at(-1)).toBe('plc stopped');
  expect(acquisition.states()).toEqual([]);
  stopped();
  await left;
});

test('the users of a source are told what it can do, and need not ask what it is', async () => {
  const acquisition = made.acquisition({});
  await acquisition.configure(configuration([broker('b'), plc], [tag(1, 'broker'), tag(2, 'plc')]));
  expect(Object.fromEntries(made.capabilities)).toEqual({
    broker: CAPABILITIES.mqtt,
    plc: CAPABILITIES.opcua,
  });
  expect(CAPABILITIES).toEqual({
    opcua: { repeats: true, redelivers: false, speaksForDevices: true },
    mqtt: { repeats: false, redelivers: true, speaksForDevices: false },
  });
});
