import fc from 'fast-check';
import { QUALITY, decodeValue, parsePayload, qualityFrom, timeOf } from '../src/index';

const address = { path: 'values.p1', timePath: 'ts', qualityPath: 'q.p1' };
const bad = QUALITY.BadDecodingError;

describe('a value out of a device message', () => {
  // message | value | quality | source time (ms) | fault says
  const table: [string, string, number | null, number, number | null, string | null][] = [
    ['whole', '{"ts":1750000000000,"values":{"p1":0.35},"q":{"p1":"good"}}', 0.35, 0, 1750000000000, null],
    ['a boolean', '{"ts":1,"values":{"p1":true},"q":{"p1":"GOOD"}}', 1, 0, 1, null],
    ['bad', '{"ts":1,"values":{"p1":9},"q":{"p1":"bad"}}', 9, QUALITY.Bad, 1, null],
    ['uncertain', '{"ts":1,"values":{"p1":9},"q":{"p1":"uncertain"}}', 9, QUALITY.Uncertain, 1, null],
    ['a status code', '{"ts":1,"values":{"p1":9},"q":{"p1":2150694912}}', 9, 0x80310000 | 0, 1, null],
    ['text', '{"ts":1,"values":{"p1":"0.35"},"q":{"p1":"good"}}', null, bad, 1, 'found "0.35"'],
    ['null', '{"ts":1,"values":{"p1":null},"q":{"p1":"good"}}', null, bad, 1, 'found null'],
    ['no value', '{"ts":1,"values":{},"q":{"p1":"good"}}', null, bad, 1, 'nothing there'],
    ['no object', '{"ts":1,"values":7}', null, bad, 1, 'nothing there'],
    [
      'null with a worse word',
      '{"ts":1,"values":{"p1":null},"q":{"p1":"bad"}}',
      null,
      QUALITY.Bad,
      1,
      'null',
    ],
    ['no quality', '{"ts":1,"values":{"p1":9}}', 9, QUALITY.Uncertain, 1, 'q.p1: expected good'],
    ['unknown word', '{"ts":1,"values":{"p1":9},"q":{"p1":"fine"}}', 9, QUALITY.Uncertain, 1, 'q.p1'],
    ['no time', '{"values":{"p1":9},"q":{"p1":"good"}}', 9, 0, null, 'ts: expected ISO 8601'],
  ];
  test.each(table)('%s', (_name, text, value, quality, ms, fault) => {
    const parsed = parsePayload(text);
    if (!parsed.ok) throw new Error(parsed.fault);
    const decoded = decodeValue(parsed.body, address);
    expect(decoded).toMatchObject({ value, quality, ts: ms === null ? null : ms * 1000 });
    if (fault === null) expect(decoded.fault).toBeNull();
    else expect(decoded.fault).toContain(fault);
  });

  test('without a quality path the value is good', () => {
    expect(decodeValue({ ts: 1, v: 3 }, { path: 'v', timePath: 'ts' }).quality).toBe(0);
  });

  test('whatever a device sends, the value is a finite number or null, and null is never good', () => {
    fc.assert(
      fc.property(fc.anything(), (p1) => {
        const decoded = decodeValue({ ts: 1, values: { p1 } }, { path: 'values.p1', timePath: 'ts' });
        return decoded.value === null ? decoded.quality < 0 : Number.isFinite(decoded.value);
      }),
    );
  });

  test('rubbish is a fault, not an exception', () => {
    expect(parsePayload('{"ts":')).toMatchObject({
      ok: false,
      fault: expect.stringContaining('expected JSON'),
    });
    expect(decodeValue({ __proto__: null }, { path: 'constructor.name', timePath: 'ts' }).value).toBeNull();
  });
});

describe('times', () => {
  test.each([
    ['2025-06-15T15:06:40Z', 1750000000000000],
    ['2025-06-15T23:06:40+08:00', 1750000000000000],
    ['2025-06-15T15:06:40.123456Z', 1750000000123456],
    ['2025-06-15T15:06:40.5Z', 1750000000500000],
    [1750000000000.25, 1750000000000250],
    ['2025-06-15T15:06:40', null],
    ['yesterday', null],
    ['2025-13-45T15:06:40Z', null],
    [Number.NaN, null],
    [{}, null],
  ])('%s → %s', (raw, micros) => expect(timeOf(raw)).toBe(micros));
});

test.each([
  ['Good', 0],
  [0x40900000, 0x40900000],
  [-1, -1],
  [1.5, null],
  [2 ** 32, null],
  [true, null],
])('quality %s → %s', (raw, quality) => expect(qualityFrom(raw)).toBe(quality));
