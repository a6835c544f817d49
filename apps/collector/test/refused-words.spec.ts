import { PlantLine, settled, tagOf } from './plant-line';

const BAD = 0x80050000;
const full = (): Error => Object.assign(new Error('full'), { name: 'SpoolFullError' });
const plantOf = (kind: 'opcua' | 'mqtt'): PlantLine => {
  const line = new PlantLine(kind, [tagOf(1, 'a', 'x')]);
  line.sink().connected();
  return line;
};

describe.each(['opcua', 'mqtt'] as const)('P8 two words under one stamp, %s', (kind) => {
  test.each([
    ['and a later one as the first', [3, null, 3], [0, 0, 1], '3 good'],
    ['and a third under the same stamp', [3, null, 3], [0, 0, 0], '3 good'],
    ['the second holds', [3, null], [0, 0], 'none bad'],
    ['the second is another number', [3, 4], [0, 0], '4 good'],
  ])('%s: the newest in the database is what holds', async (_name, values, stamps, holds) => {
    const line = plantOf(kind);
    values.forEach((value, i) =>
      line.hear(0.1 * i, 1, value, stamps[i] as number, { quality: value === null ? BAD : 0 }),
    );
    await settled();
    expect([line.present(), line.newest()]).toEqual([holds, holds]);
  });
});

describe('a word that the spool refuses', () => {
  test('P9 does not make the time that was covered open again for a clock that was set back', async () => {
    const line = plantOf('mqtt');
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, s, s);
    for (let s = 110; s <= 200; s += 10) line.hear(s, 1, s, s - 3_600);
    line.refuse = full();
    line.hear(210, 1, 210, 210 - 3_600);
    await settled();
    line.refuse = null;
    line.hear(216, 1, 210, 210 - 3_600, { origin: 'redelivered' });
    line.hear(220, 1, 220, 220 - 3_600);
    await settled();
    const late = line.rows.filter(([, , value]) => value !== null && value > 200);
    expect(late.map(([, second]) => second)).toEqual([210, 220]);
  });

  test('P8 leaves what holds now to be stored when there is room again, of a server that does not send it again', async () => {
    const line = plantOf('opcua');
    line.hear(0, 1, 3, 0);
    await settled();
    line.refuse = full();
    line.hear(10, 1, 9, 10);
    await settled();
    line.time.to(30);
    await settled();
    line.refuse = null;
    line.time.to(33);
    await settled();
    expect(line.newest()).toBe('9 good');
  });

  test('P12 is stored when there is room again where its broker does not send it again (QoS 0)', async () => {
    const line = plantOf('mqtt');
    line.hear(0, 1, 3, 0);
    await settled();
    line.refuse = full();
    line.hear(10, 1, 9, 10, { qos: 0 });
    await settled();
    line.refuse = null;
    line.time.to(13);
    await settled();
    expect([line.present(), line.newest()]).toEqual(['9 good', '9 good']);
  });

  test('P12 lets one that is held be known as held: its copy is stored nowhere else', async () => {
    const line = plantOf('mqtt');
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, s, s);
    await settled();
    line.refuse = full();
    line.hear(105, 1, 105, 105);
    line.refuse = null;
    line.hear(105, 1, 999, -3_495);
    await settled();
    line.hear(110, 1, 105, 105, { origin: 'redelivered' });
    line.hear(110, 1, 999, -3_495, { origin: 'redelivered' });
    line.hear(115, 1, 115, -3_485);
    await settled();
    expect(line.stored().filter((row) => row.startsWith('999'))).toEqual(['999 uncertain @105']);
  });

  test('P10 the mark of a source that went is stored when there is room again', async () => {
    const line = plantOf('mqtt');
    line.hear(0, 1, 3, 0);
    await settled();
    line.refuse = full();
    line.time.to(10);
    line.sink().lost('gone');
    await settled();
    line.refuse = null;
    line.time.to(20);
    await settled();
    expect(line.newest()).toBe('none gone');
  });

  test('that is older than one which was taken is history when it comes again', async () => {
    const line = plantOf('mqtt');
    line.refuse = full();
    line.hear(1, 1, 5, 1);
    line.refuse = null;
    line.hear(2, 1, 6, 2);
    await settled();
    line.hear(7, 1, 5, 1, { origin: 'redelivered' });
    await settled();
    expect([line.stored().sort(), line.present(), line.newest()]).toEqual([
      ['5 good @1', '6 good @2'],
      '6 good',
      '6 good',
    ]);
  });
});
