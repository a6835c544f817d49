import type { SourceId } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import { CAPABILITIES } from '../src/acquisition/capabilities';
import { instantOf } from '../src/time';
import { PlantLine, START, settled, tagOf } from './plant-line';

/** Two devices behind one broker: tags 1 and 2 of the one, tag 3 of the other. */
function running(maxReportS = 60, ofTheOther = maxReportS): PlantLine {
  const tags = [tagOf(1, 'a', 'broker', maxReportS), tagOf(2, 'a', 'broker', maxReportS)];
  const line = new PlantLine('mqtt', [...tags, tagOf(3, 'b', 'broker', ofTheOther)]);
  line.sink().connected();
  for (let s = 0; s <= 100; s += 10) say(line, s, { 1: s, 2: s }, s);
  return line;
}

/** One message with the values of several tags. */
function say(
  line: PlantLine,
  second: number,
  values: Record<number, number>,
  stamp: number,
  clock = 'broker a',
): { isDurable: boolean } {
  line.time.to(second);
  const words = Object.entries(values).map(([id, value]) => ({
    tagId: Number(id) as never,
    value,
    quality: QUALITY.Good,
    ts: (START + stamp * 1e6) as never,
    origin: 'change' as const,
    clock,
  }));
  const state = { isDurable: false };
  line
    .sink('broker')
    .values(words, 0, true)
    .durably.then(
      () => (state.isDurable = true),
      () => undefined,
    );
  return state;
}

test('P5 no tag of a message is told as it was before the message has told of all of them', () => {
  const line = running();
  say(line, 700, { 1: 999, 2: 999 }, 110);
  const from = line.alarmed.length;
  say(line, 702, { 1: 7, 2: 8 }, 702);
  expect(line.alarmed.slice(from).map(({ tagId, value }) => [tagId, value])).toEqual([
    [1, 7],
    [2, 8],
  ]);
});

test('P5 a tag that comes from another source by now is not told what held before', async () => {
  const line = running();
  say(line, 700, { 1: 999, 2: 999 }, 110);
  line.flow.configure([tagOf(1, 'a', 'other'), ...line.tags.slice(1)]);
  const other = line.flow.sinkOf('other' as never, CAPABILITIES.mqtt);
  other.connected();
  const ts = line.time.now();
  const word = { tagId: 1 as never, value: 7, quality: QUALITY.Good, ts, clock: 'other a' };
  other.values([{ ...word, origin: 'change' }], 0);
  say(line, 702, { 2: 8 }, 702);
  await settled();
  expect([line.present(1), line.present(2)]).toEqual(['7 good', '8 good']);
});

test('P5 what repeats a word in doubt counts among the messages that wait: a broker sends no more than twenty', async () => {
  const line = running();
  const messages = [say(line, 700, { 1: 999, 2: 999 }, 110)];
  for (let s = 701; s <= 725; s += 1) messages.push(say(line, s, { 1: 999, 2: 999 }, 110));
  await settled();
  expect(messages.filter(({ isDurable }) => !isDurable).length).toBeLessThanOrEqual(10);
});

test('P5 messages of one moment are as many as they are', async () => {
  const line = running();
  const messages = Array.from({ length: 25 }, (_, i) => say(line, 700, { 1: i, 2: i }, 110));
  await settled();
  expect(messages.filter(({ isDurable }) => !isDurable).length).toBeLessThanOrEqual(10);
});

test('K3 how old a word may be follows the tags of its own clock, not others of its source', async () => {
  const line = running(600, 1);
  for (let s = 110; s <= 200; s += 10) say(line, s, { 1: s, 2: s }, s - 20);
  await settled();
  expect(line.flow.factsOf('broker' as never)).toMatchObject({ clockSteps: 0 });
});

test('K3 P9 a tag that reports seldom stands in no covered time beside one that reports often', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker', 60), tagOf(2, 'a', 'broker', 600)]);
  line.sink().connected();
  for (let s = 0; s <= 100; s += 10) say(line, s, { 1: s, 2: s }, s);
  for (let s = 110; s <= 150; s += 10) say(line, s, { 1: s, 2: s }, s - 300);
  await settled();
  expect(line.stored(2).slice(11)).toEqual(
    ['110 uncertain', '120 good', '130 good', '140 good', '150 good'].map(
      (word) => `${word} @${word.slice(0, 3)}`,
    ),
  );
});

test('P11 another clock of the same source is another session', () => {
  const line = running();
  const before = line.alarmed.at(-1)?.clockSession;
  say(line, 110, { 2: 1 }, 100, 'broker another topic');
  expect(line.alarmed.at(-1)).toMatchObject({ tagId: 2, quality: QUALITY.Good });
  expect(line.alarmed.at(-1)?.clockSession).not.toBe(before);
});

test('K3 a clock that stands still is not believed for long', async () => {
  const line = running();
  for (let s = 110; s <= 600; s += 10) say(line, s, { 1: s, 2: s }, 100);
  await settled();
  expect(line.flow.factsOf('broker' as never).clockSteps).toBeGreaterThan(0);
  expect([line.present(), line.newest()]).toEqual(['600 good', '600 good']);
});

test('K3 a device that sends its last word again after a silence has kept it: it is in doubt', () => {
  const line = running();
  line.time.to(699);
  expect(line.present()).toBe('none gone');
  say(line, 700, { 1: 100, 2: 100 }, 100);
  expect(line.present()).toBe('100 uncertain');
  say(line, 700.1, { 1: 120, 2: 120 }, 120);
  expect(line.present()).toBe('none gone');
});

test('K3 old words that come one at a time, each when the one before is acknowledged, stay in doubt', async () => {
  const line = running();
  for (const [second, stamp] of [
    [700, 110],
    [885, 120],
    [1_070, 130],
  ] as const) {
    const message = say(line, second, { 1: stamp, 2: stamp }, stamp);
    await settled();
    expect([message.isDurable, line.present()]).toEqual([false, `${stamp} uncertain`]);
    line.time.to(second + 181);
    await settled();
    expect(message.isDurable).toBe(true);
  }
  expect(line.flow.factsOf('broker' as never)).toMatchObject({ clockSteps: 0 });
});

test('K7 a value that is doubted and believed again under its old stamp does not set its clock', () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc', 8)]);
  line.sink().connected();
  line.hear(0, 1, 3, 0);
  for (const [second, quality] of [
    [48, QUALITY.Bad],
    [51, QUALITY.Good],
    [56, QUALITY.Bad],
  ] as const)
    line.hear(second, 1, quality === QUALITY.Good ? 3 : null, 0, { quality });
  line.hear(60, 1, 4, 60);
  expect(line.flow.values.clockStates('plc' as SourceId, instantOf(line.time))).toEqual([
    { steps: 0, skew: 0 },
  ]);
  expect(line.stored().at(-1)).toBe('4 good @60');
});

test('T1 of a clock that was never set it is shown how far it is off; a first value tells nothing of it', () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc'), tagOf(2, 'a', 'plc')]);
  line.flow.configure(line.tags, (START - 100e6) as never);
  line.sink().connected();
  line.hear(10, 1, 3, -200);
  line.hear(10, 2, 3, -200, { origin: 'first' });
  expect(line.flow.values.clockStates('plc' as SourceId, instantOf(line.time))).toEqual([
    { steps: 0, skew: 210e6 },
    { steps: 0, skew: null },
  ]);
});

test('P9 a clock that is set when nothing is known of it but what had waited stays out of the time that covered', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker', 8)]);
  line.sink().connected();
  for (const stamp of [100, 102.3, 104, 108 - 3_600, 112 - 3_600, 116 - 3_600])
    line.hear(128.4, 1, stamp, stamp);
  for (let s = 132; s <= 156; s += 4) line.hear(s, 1, s, s - 3_600);
  await settled();
  expect(line.stored().slice(-4)).toEqual([
    '144 good @144',
    '148 good @148',
    '152 good @152',
    '156 good @156',
  ]);
});
