import { readSettings, SettingsError } from './settings';

const least = { DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/linepack', BUS_URL: 'mqtt://127.0.0.1:1883' };

describe('settings', () => {
  it('bind to the loopback address and port 8080 unless told otherwise', () => {
    expect(readSettings(least)).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      accounts: 'administrator',
      administratorPassword: null,
    });
  });

  it('take what is set but empty as not set', () => {
    expect(readSettings({ ...least, PORT: '', HOST: '' })).toMatchObject({ port: 8080, host: '127.0.0.1' });
  });

  it.each(['1', 'on'])('make the demo accounts with LINEPACK_DEMO=%s', (LINEPACK_DEMO) => {
    expect(readSettings({ ...least, LINEPACK_DEMO }).accounts).toBe('demo');
  });

  it('name all faults in one message', () => {
    const read = () => readSettings({ PORT: 'http', BUS_URL: 'tcp://x', LINEPACK_ADMIN_PASSWORD: 'short' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(
      /PORT: expected a port number.*DATABASE_URL: expected postgres:.*BUS_URL: expected mqtt:.*LINEPACK_ADMIN_PASSWORD: expected at least 10/,
    );
    expect(read).not.toThrow(/short/);
  });
});
