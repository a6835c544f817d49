import type { AlarmCommand } from '@linepack/contracts';
import { openDoors, type Listeners } from '../src/bus-doors';
import { quiet } from './house';

const command: AlarmCommand = {
  commandId: 'c',
  replyTo: 'linepack/reply/test',
  at: 1,
  deadline: 4_000_001,
  kind: 'acknowledge',
  alarmId: 'tag:gate.p:H',
  occurrence: 1,
  position: 'dispatch',
  actor: 'li',
  comment: '',
};

test('a command that fails is said, answered by nobody, and ends nothing', async () => {
  const doors = new Map<string, (message: unknown, topic: string) => void>();
  const told: string[] = [];
  const errors: string[] = [];
  const engine: Listeners['engine'] = {
    condition: () => undefined,
    command: () => Promise.reject(new Error('a fault of ours')),
  };
  openDoors(
    { subscribe: (topic, handle) => void doors.set(topic, handle), tell: (topic) => void told.push(topic) },
    { engine, onConfiguration: () => undefined, onCollector: () => undefined, onTroubles: () => undefined },
    { ...quiet, error: (text: string) => void errors.push(text) } as typeof quiet,
  );
  doors.get('linepack/alarm/command/+')?.(command, 'linepack/alarm/command/gate');
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(told).toEqual([]);
  expect(errors).toEqual(['command c on tag:gate.p:H failed: a fault of ours']);
});
