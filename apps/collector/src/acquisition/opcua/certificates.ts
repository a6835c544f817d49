import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OPCUACertificateManager, OPCUAClient } from 'node-opcua';
import type { Log } from '../../log';

/** Servers know a client by its certificate: every attempt goes by the same name. */
export const APPLICATION_NAME = 'Linepack';

/**
 * The key and the certificate of this collector, and the certificates it trusts, in its own folder and never in HOME.
 * All is made before any source asks, so that no attempt to connect spends its time on a key.
 *
 * The folder must be held by this process alone: what another left half made, or locked, when it was killed is cleared
 * away. The library waits two minutes for such a lock, in which no source would be heard, and fails for good on half a
 * key.
 */
export async function openCertificates(folder: string, log: Log): Promise<OPCUACertificateManager> {
  dropLocksOfTheDead(folder);
  setAsideWhatIsTorn(folder, log);
  const certificates = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const client = OPCUAClient.create({
    applicationName: APPLICATION_NAME,
    clientCertificateManager: certificates,
  });
  await client.createDefaultCertificate();
  await client.disconnect();
  return certificates;
}

function dropLocksOfTheDead(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.lock')) rmSync(join(folder, name), { recursive: true, force: true });
}

/** A certificate is of use with its own key only. What is set aside stays beside the new one, for whoever installed it. */
function setAsideWhatIsTorn(folder: string, log: Log): void {
  const keyFile = join(folder, 'own/private/private_key.pem');
  const certificateFile = join(folder, 'own/certs/client_certificate.pem');
  const key = existsSync(keyFile) ? readKey(keyFile) : null;
  const belongs = key !== null && existsSync(certificateFile) && isOf(certificateFile, key);
  for (const [file, isWell] of [
    [keyFile, key !== null],
    [certificateFile, belongs],
  ] as const) {
    if (isWell || !existsSync(file)) continue;
    renameSync(file, `${file}.unreadable`);
    log.warn(`${file} cannot be used: it was set aside, and a new one is made`);
  }
}

function readKey(file: string): KeyObject | null {
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    return null;
  }
}

function isOf(certificateFile: string, key: KeyObject): boolean {
  try {
    return new X509Certificate(readFileSync(certificateFile)).checkPrivateKey(key);
  } catch {
    return false;
  }
}
