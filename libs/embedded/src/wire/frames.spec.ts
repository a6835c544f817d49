import fc from 'fast-check';
import { frame, FrameReader, WireFault } from './frames';

describe('FrameReader', () => {
  it('finds the same messages however the bytes arrive', () => {
    const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(body), cuts, (bodies, sizes) => {
        const sent = bodies.map((bytes) => frame('d', bytes));
        const stream = Buffer.concat(sent);
        const reader = new FrameReader(1000);
        reader.startupDone();
        const found: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1;
          reader.push(stream.subarray(at, at + size));
          at += size;
          for (let next = reader.next(); next; next = reader.next()) found.push(Buffer.from(next.bytes));
        }
        expect(Buffer.concat(found)).toEqual(stream);
        expect(found).toHaveLength(sent.length);
      }),
    );
  });

  it('refuses a length out of bounds before the message has come', () => {
    const reader = new FrameReader(10);
    reader.startupDone();
    reader.push(frame('d', Buffer.alloc(7)).subarray(0, 5));
    expect(() => reader.next()).toThrow(
      new WireFault('54000', 'a message of 11 bytes came, at most 10 are taken'),
    );
  });
});
