import fc from 'fast-check';
import {
  PAYLOAD_BYTES_MAX,
  QUALITY,
  decodeValue,
  parseMessage,
  parsePayload,
  qualityFrom,
  timeOf,
  valueAt,
} from '../src/index';

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

describe('the bytes of a message', () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))));

  test('are JSON in UTF-8, with or without a byte order mark', () => {
    expect(parseMessage(bytes('{"站":1}'))).toEqual({ ok: true, body: { 站: 1 } });
    expect(parseMessage(bytes([0xef, 0xbb, 0xbf], '{"v":1}'))).toEqual({ ok: true, body: { v: 1 } });
    expect(parseMessage(bytes('[1,2]'))).toEqual({ ok: true, body: [1, 2] });
  });

  test.each([
    ['nothing', bytes(''), 'payloadNotJson'],
    ['half of it', bytes('{"ts":'), 'payloadNotJson'],
    ['two of them', bytes('{}{}'), 'payloadNotJson'],
    ['GBK', bytes('{"n":"', [0xd1, 0xb9, 0xc1, 0xa6], '","v":1}'), 'payloadNotUtf8'],
    ['half a character', bytes('{"n":"', [0xe7, 0xab], '","v":1}'), 'payloadNotUtf8'],
    ['UTF-16', bytes([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'payloadNotUtf8'],
    ['a picture', new Uint8Array(PAYLOAD_BYTES_MAX + 1), 'payloadTooLong'],
  ])('that are %s are refused with their reason', (_name, payload, unreadable) => {
    expect(parseMessage(payload)).toMatchObject({ ok: false, unreadable, fault: expect.any(String) });
  });

  test('may be anything: the reading never throws, nor what is read out of it', () => {
    const address = { path: 'values.p1', timePath: 'ts', qualityPath: 'q' };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => bytes(text)),
        ),
        (payload) => {
          const parsed = parseMessage(payload);
          const decoded = decodeValue(parsed.ok ? parsed.body : undefined, address);
          return decoded.value === null ? decoded.quality < 0 : Number.isFinite(decoded.value);
        },
      ),
    );
  });

  test('may be lists in lists without an end: that is said briefly', () => {
    const deep = parseMessage(bytes(`{"v":${'['.repeat(200_000)}${']'.repeat(200_000)}}`));
    if (!deep.ok) throw new Error(deep.fault);
    expect(decodeValue(deep.body, { path: 'v', timePath: 'ts' })).toMatchObject({
      fault: 'v: expected a number, found a list',
      unreadable: 'valueNotNumeric',
    });
  });

  test('may carry a text for a number, of which a little is told', () => {
    const decoded = decodeValue({ v: 'x'.repeat(10_000) }, { path: 'v', timePath: 'ts' });
    expect(decoded.fault).toBe(`v: expected a number, found "${'x'.repeat(40)}"…`);
  });

  test.each([
    [7, 'nothing there'],
    [{ v: null }, 'found null'],
    [{ v: '0.35' }, 'found "0.35"'],
    [{ v: 'x'.repeat(40) }, `found "${'x'.repeat(40)}"`],
    [{ v: { deep: 1 } }, 'found a mapping'],
    [{ v: [1] }, 'found a list'],
  ])('say what was found for a number: %j', (body, found) => {
    expect(decodeValue(body, { path: 'v', timePath: 'ts' }).fault).toBe(`v: expected a number, ${found}`);
  });

  test('say how long they are when they are too long', () => {
    expect(parseMessage(new Uint8Array(PAYLOAD_BYTES_MAX + 1))).toMatchObject({
      fault: 'expected at most 1048576 bytes, got 1048577',
    });
    expect(parseMessage(bytes(' '.repeat(PAYLOAD_BYTES_MAX - 1), '1'))).toEqual({ ok: true, body: 1 });
  });

  test('are counted as read when the device itself says that it has no value', () => {
    const address = { path: 'v', timePath: 'ts', qualityPath: 'q' };
    expect(decodeValue({ v: null, q: 'bad' }, address).unreadable).toBeNull();
    expect(decodeValue({ q: 'good' }, address).unreadable).toBe('valueMissing');
    expect(decodeValue({ v: '1', q: 'good' }, address).unreadable).toBe('valueNotNumeric');
    expect(decodeValue({ v: 1, q: 'good' }, address).unreadable).toBeNull();
  });
});

test('a list has members by number and nothing else', () => {
  expect(valueAt([{ v: 1 }, { v: 2 }], '1.v')).toBe(2);
  expect(valueAt({ list: [1, 2] }, 'list.length')).toBeUndefined();
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
    ['2025-02-29T00:00:00Z', null],
    ['2024-02-29T00:00:00Z', 1709164800000000],
    ['2025-04-31T00:00:00+08:00', null],
    ['9999-01-01T00:00:00Z', null],
    [2 ** 53 - 1, null],
    [-(2 ** 53), null],
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
