import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_TAGS, type InstrumentPanel } from '@linepack/simulation';
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  SecurityPolicy,
  StatusCode,
  coerceStatusCode,
  type UAVariable,
} from 'node-opcua';

export interface OpcUaEndpoint {
  /** Id of the source in the network file. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Certificates live here, never in the user's home. */
  readonly pkiFolder: string;
}

/** One OPC UA server of the plant: a folder for each of its stations, a variable for each of their tags. */
export class PlantOpcUaServer {
  private readonly variables = new Map<number, UAVariable>();
  private readonly codes = new Map<number, StatusCode>();

  private constructor(
    private readonly server: OPCUAServer,
    readonly port: number,
  ) {}

  /** @throws the system's error when the port cannot be had */
  static async start(endpoint: OpcUaEndpoint): Promise<PlantOpcUaServer> {
    const rootFolder = join(endpoint.pkiFolder, endpoint.id);
    await mkdir(rootFolder, { recursive: true });
    const serverCertificateManager = new OPCUACertificateManager({
      rootFolder,
      automaticallyAcceptUnknownCertificate: true,
    });
    const server = new OPCUAServer({
      port: endpoint.port,
      host: endpoint.host,
      hostname: endpoint.host,
      serverCertificateManager,
      userCertificateManager: serverCertificateManager,
      securityPolicies: [SecurityPolicy.None],
      securityModes: [MessageSecurityMode.None],
      allowAnonymous: true,
      registerServerMethod: RegisterServerMethod.HIDDEN,
      maxConnectionsPerEndpoint: 50,
      serverCapabilities: { maxSessions: 50 },
      serverInfo: { applicationUri: `urn:linepack:simulator:${endpoint.id}` },
      buildInfo: { productName: 'Linepack simulator', productUri: 'urn:linepack:simulator' },
    });
    await server.initialize();
    const plant = new PlantOpcUaServer(server, endpoint.port);
    plant.buildAddressSpace(endpoint.id);
    await server.start();
    return plant;
  }

  get url(): string {
    return this.server.getEndpointUrl();
  }

  /** Sets the given tags (indices into DEMO_TAGS) with the plant's time as their source time; others are left. */
  publish(panel: InstrumentPanel, tags: Iterable<number>, timeMs: number): void {
    const time = new Date(timeMs);
    for (const i of tags) {
      const variable = this.variables.get(i);
      if (!variable) continue;
      const value = panel.values[i] as number;
      variable.setValueFromSource(
        { dataType: DataType.Double, value },
        this.code(panel.status[i] as number),
        time,
      );
    }
  }

  /** Closes every session and stops listening. */
  stop(): Promise<void> {
    return this.server.shutdown(200);
  }

  private code(status: number): StatusCode {
    const known = this.codes.get(status);
    if (known) return known;
    const made = coerceStatusCode(status);
    this.codes.set(status, made);
    return made;
  }

  private buildAddressSpace(serverId: string): void {
    const space = this.server.engine.addressSpace;
    if (!space) throw new Error(`${serverId}: expected an address space after initialising`);
    const namespace = space.getOwnNamespace();
    const folders = new Map<string, ReturnType<typeof namespace.addFolder>>();
    for (const [i, tag] of DEMO_TAGS.entries()) {
      if (tag.station.server !== serverId) continue;
      let folder = folders.get(tag.station.id);
      if (!folder) {
        folder = namespace.addFolder(space.rootFolder.objects, {
          browseName: tag.station.id,
          displayName: tag.station.name.zh,
          nodeId: `s=${tag.station.id}`,
        });
        folders.set(tag.station.id, folder);
      }
      const variable = namespace.addVariable({
        componentOf: folder,
        browseName: tag.spec.id,
        displayName: tag.spec.name.zh,
        description: tag.spec.unit,
        nodeId: `s=${tag.key}`,
        dataType: DataType.Double,
        minimumSamplingInterval: 0,
      });
      this.variables.set(i, variable);
    }
  }
}
