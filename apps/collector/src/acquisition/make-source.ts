import type { OPCUACertificateManager } from 'node-opcua';
import type { Log } from '../log';
import type { Time } from '../time';
import { MqttSource } from './mqtt/mqtt-source';
import { OpcUaSource } from './opcua/opcua-source';
import type { MakeSource } from './source';

export interface SourceParts {
  /** Names this collector to plant brokers: the same after a restart, so that a lasting session is found again. */
  readonly clientName: string;
  readonly certificates: OPCUACertificateManager;
  readonly time: Time;
  readonly log: Log;
}

/** The sources of the plant: OPC UA servers and MQTT brokers. */
export const plantSources =
  ({ clientName, certificates, time, log }: SourceParts): MakeSource =>
  (config, tags, sink) =>
    config.kind === 'opcua'
      ? new OpcUaSource(config, tags, sink, certificates, time, log)
      : new MqttSource(config, tags, sink, `${clientName}-${config.id}`, time, log);
