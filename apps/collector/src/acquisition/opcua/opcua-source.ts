import type { SourceId } from '@linepack/network';
import type { OPCUACertificateManager } from 'node-opcua';
import type { Log } from '../../log';
import type { Time } from '../../time';
import { ConnectionState } from '../connection-state';
import { Reconnection } from '../reconnection';
import type { AddressedTag, PlantSource, SourceSink } from '../source';
import type { OpcUaConfig } from './client';
import type { NodeTag } from './monitored-tags';
import { OpcUaConnection } from './opcua-connection';

/** One OPC UA server, connected again and again. */
export class OpcUaSource implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private readonly reconnection: Reconnection<OpcUaConnection>;
  private tags: readonly NodeTag[];

  constructor(
    config: OpcUaConfig,
    tags: readonly AddressedTag[],
    sink: SourceSink,
    certificates: OPCUACertificateManager,
    time: Time,
    log: Log,
  ) {
    this.id = config.id as SourceId;
    this.tags = tags.flatMap(nodeTag);
    const state = new ConnectionState(this.id, sink, time);
    this.connection = state;
    this.reconnection = new Reconnection({
      begin: () => new OpcUaConnection({ config, state, sink, certificates, time, log }, this.tags),
      onEnded: (reason) => {
        if (state.state.error !== reason) log.warn(`source ${this.id}: ${reason}`);
        state.lost(reason);
      },
      time,
    });
  }

  start(): void {
    this.reconnection.start();
  }

  watch(tags: readonly AddressedTag[]): void {
    this.tags = tags.flatMap(nodeTag);
    this.reconnection.current?.watch(this.tags);
  }

  async stop(): Promise<void> {
    await this.reconnection.stop();
    this.connection.stopped();
  }

  state() {
    return this.connection.state;
  }
}

const nodeTag = ({ tagId, address }: AddressedTag): NodeTag[] =>
  'node' in address ? [{ tagId, node: address.node }] : [];
