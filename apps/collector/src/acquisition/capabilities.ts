import type { SourceConfig } from '@linepack/network';
import type { SourceCapabilities } from './source';

/** What each kind of source can do. */
export const CAPABILITIES: Readonly<Record<SourceConfig['kind'], SourceCapabilities>> = {
  /** A monitored item reports changes, with the server's keep-alive between them, and once only (OPC 10000-4, 5.13, 5.14). */
  opcua: { repeats: true, redelivers: false, speaksForDevices: true },
  /** A broker hands on what devices publish (QoS 1 in a lasting session), and knows nothing of the devices. */
  mqtt: { repeats: false, redelivers: true, speaksForDevices: false },
};
