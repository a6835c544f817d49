import { GRANTS, positionOf, ROLES, type Role } from './roles';

describe('roles', () => {
  test.each<[Role, 'station' | 'dispatch' | null]>([
    ['stationChief', 'station'],
    ['dispatcher', 'dispatch'],
    ['chief', 'dispatch'],
    ['metrology', null],
    ['maintainer', null],
    ['viewer', null],
  ])('%s answers for alarms at position %s', (role, position) => {
    expect(positionOf(role)).toBe(position);
  });

  test('who has a position may acknowledge, and nobody else', () => {
    for (const role of ROLES)
      expect([role, GRANTS[role].includes('alarm.acknowledge')]).toEqual([role, positionOf(role) !== null]);
  });
});
