import { jest } from '@jest/globals';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quiet } from '../../../test/house';
import { openCertificates } from './certificates';

const parent = mkdtempSync(join(tmpdir(), 'linepack-certificates-'));
let folder = '';
let count = 0;
beforeEach(() => (folder = join(parent, String((count += 1)))));
afterAll(() => rmSync(parent, { recursive: true }));

const keyFile = () => join(folder, 'own/private/private_key.pem');
const certificateFile = () => join(folder, 'own/certs/client_certificate.pem');
const open = async () => {
  const certificates = await openCertificates(folder, quiet);
  await certificates.dispose();
  return new X509Certificate(readFileSync(certificateFile()));
};
const isUsable = (certificate: X509Certificate) =>
  certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile())));

test('a key and its certificate are made before any source asks, and stay the same', async () => {
  const first = await open();
  expect(isUsable(first)).toBe(true);
  expect((await open()).fingerprint256).toBe(first.fingerprint256);
});

// The library itself takes a lock for dead after two minutes: longer than this test may run.
test('locks of a collector that was killed hold nothing up', async () => {
  for (const lock of ['mutex.lock', 'own/certs/client_certificate.pem.mutex.lock'])
    mkdirSync(join(folder, lock), { recursive: true });
  expect(isUsable(await open())).toBe(true);
});

test.each([
  ['an empty key', keyFile, ''],
  ['half a key', keyFile, '-----BEGIN PRIVATE KEY-----\nMIIEv'],
  ['an empty certificate', certificateFile, ''],
  ['half a certificate', certificateFile, '-----BEGIN CERTIFICATE-----\nMIIEv'],
])('%s is set aside, and the pair is whole again', async (_, file, content) => {
  const before = await open();
  writeFileSync(file(), content);
  const warn = jest.spyOn(quiet, 'warn');
  const after = await open();
  expect(warn).toHaveBeenCalledWith(expect.stringContaining(file()));
  warn.mockRestore();
  expect(isUsable(after)).toBe(true);
  expect(after.fingerprint256).not.toBe(before.fingerprint256);
  expect(readFileSync(`${file()}.unreadable`, 'utf8')).toBe(content);
});

test('a certificate of another key is of no use', async () => {
  await open();
  const certificate = readFileSync(certificateFile());
  rmSync(folder, { recursive: true });
  const other = await open();
  writeFileSync(certificateFile(), certificate);
  const made = await open();
  expect(isUsable(made)).toBe(true);
  expect(made.fingerprint256).not.toBe(other.fingerprint256);
  expect(readdirSync(join(folder, 'own/private'))).toEqual(['private_key.pem']);
});
