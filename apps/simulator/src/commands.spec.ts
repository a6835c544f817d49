import { parseCommand } from './commands';
import { readSettings } from './settings';

describe('simulator commands', () => {
  it.each([
    ['list', { name: 'list' }],
    ['truth', { name: 'truth' }],
    ['stop leak-5', { name: 'stop', id: 'leak-5' }],
    [
      'start leak pipe=west-1 size=9',
      { name: 'start', scenario: 'leak', parameters: { pipe: 'west-1', size: '9' } },
    ],
  ])('%s', (line, expected) => expect(parseCommand(line.split(' '))).toEqual(expected));

  it.each([
    ['', 'expected: list | start NAME'],
    ['fly', '"fly": expected: list | start NAME'],
    ['list all', '"list all": expected: list'],
    ['stop', 'stop: expected one ID'],
    ['start', 'start: expected the NAME'],
    ['start leak west-1', '"west-1": expected key=value'],
  ])('refuses: %s', (line, message) => {
    expect(() => parseCommand(line.split(' ').filter(Boolean))).toThrow(message);
  });
});

describe('settings', () => {
  it('have defaults that fit the demo network file', () => {
    const s = readSettings({ LINEPACK_DATA: '/data' });
    expect(s).toMatchObject({ folder: '/data/simulator', host: '127.0.0.1', mqttPort: 18_830 });
    expect(s.opcUaPorts).toEqual([4841, 4842, 4843, 4844]);
  });

  it('say all faults at once', () => {
    const faulty = { SIMULATOR_OPCUA_PORTS: '1,2,x', SIMULATOR_MQTT_PORT: '99999', HEALTH_PORT: '' };
    let message = '';
    try {
      readSettings(faulty);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n')).toEqual([
      'SIMULATOR_OPCUA_PORTS: expected 4 ports with commas between, got 3',
      'SIMULATOR_OPCUA_PORTS: expected a port from 0 to 65535, got "x"',
      'SIMULATOR_MQTT_PORT: expected a port from 0 to 65535, got "99999"',
      'HEALTH_PORT: expected a port from 0 to 65535, got ""',
    ]);
  });
});
