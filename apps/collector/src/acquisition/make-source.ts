import type { OPCUACertificateManager } from 'node-opcua';
import type { Log } from '../log';
import type { Time } from '../time';
import type { MakeSource } from './acquisition';
import { MqttSource, type TopicTag } from './mqtt-source';
import type { NodeTag } from './opcua-items';
import { OpcUaSource } from './opcua-source';
import type { AddressedTag } from './source';

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
      ? new OpcUaSource(config, tags.flatMap(nodeTag), sink, certificates, time, log)
      : new MqttSource(config, tags.flatMap(topicTag), sink, `${clientName}-${config.id}`, time, log);

const nodeTag = ({ tagId, address }: AddressedTag): NodeTag[] =>
  'node' in address ? [{ tagId, node: address.node }] : [];
const topicTag = ({ tagId, address }: AddressedTag): TopicTag[] =>
  'topic' in address ? [{ tagId, address }] : [];
