import { join } from 'node:path';
import { roomOf } from '../mutation/rooms.mjs';

const root = join(import.meta.dirname, '../..');

describe('a room whose tests are measured', () => {
  test('a library has all its sources but the door', () => {
    const { project, mutate, specs } = roomOf(root, 'libs/alarm/');
    expect(project).toBe('libs/alarm');
    expect(mutate).toContain('libs/alarm/src/reducer.ts');
    expect(mutate).not.toContain('libs/alarm/src/index.ts');
    expect(specs).toContain('libs/alarm/test/life.spec.ts');
  });

  test('a folder of an app has the tests that import from it, but none with servers of their own', () => {
    const { mutate, specs } = roomOf(root, 'apps/collector/src/write');
    expect(mutate.every((file) => file.startsWith('apps/collector/src/write/'))).toBe(true);
    expect(specs).toContain('apps/collector/test/write/outbox.spec.ts');
    expect(specs).not.toContain('apps/collector/test/collector.spec.ts');
    expect(specs).not.toContain('apps/collector/test/refused-rows.spec.ts');
  });

  test('a folder that its tests reach only by way of others has those', () => {
    expect(roomOf(root, 'apps/collector/src/present').specs).toContain(
      'apps/collector/test/present-values.spec.ts',
    );
  });

  test('one without sources or without tests is said', () => {
    expect(() => roomOf(root, 'libs/nothing')).toThrow();
    expect(() => roomOf(root, 'apps/collector/testdata')).toThrow('there is nothing to mutate');
  });
});
