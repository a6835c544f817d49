import { PlantLine, tagOf } from './plant-line';

/** Rows of the tag that stand later than this second. */
const after = (line: PlantLine, second: number) => line.rows.filter(([, at]) => at > second);

test('P9 a clock that was an hour behind and is set right stores nothing in time to come', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc')]);
  line.sink().connected();
  await line.hear(0, 1, 9, 0, { origin: 'first' });
  await line.hear(5, 1, 10, 5);
  // Set back by an hour: what it says stands at our time.
  for (let i = 1; i <= 8; i += 1) await line.hear(10 * i, 1, 10 + i, 10 * i - 3_600);
  // Set right, but for a second and a half: its stamps are before what stands at our time.
  await line.hear(81, 1, 30, 79.5);
  line.time.to(84);
  expect(after(line, 81.1)).toEqual([]);
  expect(line.present()).toBe('30 good');
  expect(line.newest()).toBe('30 good');
});

test('P9 and neither do the words that its broker kept meanwhile', async () => {
  const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
  line.sink().connected();
  await line.hear(0, 1, 10, 0);
  const waits = Array.from({ length: 8 }, (_, i) => line.hear(10 * (i + 1), 1, 11 + i, 10 * (i + 1) - 3_600));
  await Promise.all(waits);
  line.sink().lost('gone');
  line.time.to(85);
  line.sink().connected();
  await line.hear(86, 1, 30, 78, { origin: 'redelivered' });
  line.time.to(90);
  expect(after(line, 86.1)).toEqual([]);
});

test('P9 a clock that was set back before its first change stays out of the time that it has covered', async () => {
  const line = new PlantLine('opcua', [tagOf(1, 'a', 'plc')]);
  line.sink().connected();
  await line.hear(0, 1, 9, 0, { origin: 'first' });
  for (let i = 1; i <= 8; i += 1) await line.hear(10 * i, 1, 10 + i, 10 * i - 3_600);
  line.time.to(84);
  const places = line.rows.map(([, at]) => at);
  expect(Math.min(...places)).toBe(0);
  expect(line.newest()).toBe('18 good');
});
