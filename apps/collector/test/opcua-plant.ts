import { mkdirSync } from 'node:fs';
import {
  DataType,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  MessageSecurityMode,
  SecurityPolicy,
  StatusCodes,
  type StatusCode,
  type UAVariable,
} from 'node-opcua';

/** A small OPC UA server with one variable a node name. */
export class OpcUaPlant {
  private readonly nodes = new Map<string, UAVariable>();
  private constructor(
    private readonly server: OPCUAServer,
    readonly port: number,
  ) {}

  static async start(folder: string, names: readonly string[], port = 0): Promise<OpcUaPlant> {
    const rootFolder = `${folder}/server-pki`;
    mkdirSync(rootFolder, { recursive: true });
    const certificates = new OPCUACertificateManager({
      rootFolder,
      automaticallyAcceptUnknownCertificate: true,
    });
    const server = new OPCUAServer({
      port,
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      serverCertificateManager: certificates,
      userCertificateManager: certificates,
      securityModes: [MessageSecurityMode.None],
      securityPolicies: [SecurityPolicy.None],
      registerServerMethod: RegisterServerMethod.HIDDEN,
      serverInfo: { applicationUri: 'urn:linepack:test' },
    });
    await server.initialize();
    const space = server.engine.addressSpace;
    if (!space) throw new Error('no address space');
    const own = space.getOwnNamespace();
    const plant = new OpcUaPlant(server, port);
    for (const name of names)
      plant.nodes.set(
        name,
        own.addVariable({
          organizedBy: space.rootFolder.objects,
          browseName: name,
          nodeId: `s=${name}`,
          dataType: DataType.Double,
        }) as UAVariable,
      );
    for (const name of names) plant.set(name, 0);
    await server.start();
    return Object.assign(plant, { port: server.endpoints[0]?.port ?? port });
  }

  get url(): string {
    return `opc.tcp://127.0.0.1:${this.port}`;
  }

  get sessions(): number {
    return this.server.currentSessionCount;
  }
  get connections(): number {
    return this.server.currentChannelCount;
  }

  set(name: string, value: number, status: StatusCode = StatusCodes.Good, at = new Date()): void {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no node ${name}`);
    node.setValueFromSource({ dataType: DataType.Double, value }, status, at);
  }

  async stop(): Promise<void> {
    await this.server.shutdown(0);
  }
}
