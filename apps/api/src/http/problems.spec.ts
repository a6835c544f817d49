import { NotFoundException } from '@nestjs/common';
import { text } from '@linepack/network';
import { z } from 'zod';
import { DatabaseAway, Forbidden, InvalidInput, UnkeepableText } from './errors';
import { problemOf } from './problem.filter';
import { ZodPipe } from './zod.pipe';

const faultsOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof UnkeepableText) return error.more.faults;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the pipe', () => {
  const schema = z.strictObject({ a: z.number(), b: z.object({ c: text() }) });

  it('hands on what the schema makes of it', () => {
    expect(new ZodPipe(z.object({ n: z.coerce.number().default(3) })).transform({})).toEqual({ n: 3 });
  });

  it('names every field that is wrong, nested and unknown ones too', () => {
    const faults = faultsOf(() => new ZodPipe(schema).transform({ a: 'x', b: { c: 1 }, d: 1 }));
    expect(faults?.map(({ field }) => field)).toEqual(['a', 'b.c', 'd']);
  });

  it('names the parameter it stands for', () => {
    expect(faultsOf(() => new ZodPipe(text(), 'id').transform(7))?.[0]?.field).toBe('id');
  });

  it.each(['a\0b', 'half \ud83d'])('refuses %j, which the database could not keep', (sent) => {
    const faults = faultsOf(() =>
      new ZodPipe(z.object({ a: z.object({ b: text() }) })).transform({ a: { b: sent } }),
    );
    expect(faults?.[0]?.field).toBe('a.b');
    expect(faultsOf(() => new ZodPipe(text(), 'id').transform(sent))?.[0]?.field).toBe('id');
  });

  it('takes a missing body as an empty one', () => {
    expect(faultsOf(() => new ZodPipe(schema).transform(undefined))?.map(({ field }) => field)).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('a problem document', () => {
  it.each([
    [new Forbidden(), 403, 'forbidden', '/problems/forbidden'],
    [new DatabaseAway(new Error('ECONNREFUSED 10.0.0.1')), 503, 'databaseAway', '/problems/database-away'],
    [new NotFoundException(), 404, 'notFound', '/problems/not-found'],
    [
      Object.assign(new Error('request entity too large'), { status: 413 }),
      413,
      'badRequest',
      '/problems/bad-request',
    ],
    [new Error('password of the database is x'), 500, 'internal', '/problems/internal'],
    ['thrown text', 500, 'internal', '/problems/internal'],
  ])('of %s', (error, status, code, type) => {
    expect(problemOf(error, 'c-1')).toMatchObject({ status, code, type, correlationId: 'c-1' });
  });

  it('tells nothing of what went wrong inside', () => {
    const inside = [new Error('password of the database is x'), new DatabaseAway(new Error('10.0.0.1'))];
    for (const error of inside)
      expect(JSON.stringify(problemOf(error, ''))).not.toMatch(/password|10\.0\.0\.1/);
  });
});
