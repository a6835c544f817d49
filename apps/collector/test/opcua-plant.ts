import { mkdirSync } from 'node:fs';
import {
  DataType,
  DataValue,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  MessageSecurityMode,
  SecurityPolicy,
  ServiceFault,
  StatusCodes,
  type CreateMonitoredItemsRequest,
  type Message,
  type ServerSecureChannelLayer,
  type ServerSession,
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

  /** A variable that the server lets monitor and never has a value of, until it is told to. @returns to tell it */
  addMute(name: string): (value: number) => void {
    const space = this.server.engine.addressSpace;
    if (!space) throw new Error('no address space');
    const asked: ((error: null, value: DataValue) => void)[] = [];
    let known: number | null = null;
    const now = (value: number): DataValue =>
      new DataValue({
        value: { dataType: DataType.Double, value },
        statusCode: StatusCodes.Good,
        sourceTimestamp: new Date(),
      });
    space.getOwnNamespace().addVariable({
      organizedBy: space.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: DataType.Double,
      minimumSamplingInterval: 50,
      value: {
        refreshFunc: (answer) => {
          if (known === null) asked.push(answer as (typeof asked)[number]);
          else answer(null, now(known));
        },
      },
    });
    return (value) => {
      known = value;
      asked.splice(0).forEach((answer) => answer(null, now(value)));
    };
  }

  /** Refuses a whole call that asks for the node. */
  refuseCallsWith(name: string, serviceResult: StatusCode): void {
    type Answer = (message: Message, channel: ServerSecureChannelLayer) => void;
    const server = this.server as unknown as { _on_CreateMonitoredItemsRequest: Answer };
    const answer = server._on_CreateMonitoredItemsRequest.bind(this.server);
    server._on_CreateMonitoredItemsRequest = (message, channel) => {
      const { itemsToCreate, requestHeader } = message.request as CreateMonitoredItemsRequest;
      if (!itemsToCreate?.some((item) => item.itemToMonitor.nodeId.value === name))
        return answer(message, channel);
      const { requestHandle } = requestHeader;
      channel.send_response(
        'MSG',
        new ServiceFault({ responseHeader: { requestHandle, serviceResult } }),
        message,
      );
    };
  }

  /** Items that are monitored now, over all sessions. */
  get monitoredItems(): number {
    const sessions = Object.values(
      (this.server.engine as unknown as { _sessions: Record<string, ServerSession> })._sessions,
    );
    return sessions
      .flatMap((session) => session.publishEngine.subscriptions)
      .reduce((sum, subscription) => sum + subscription.monitoredItemCount, 0);
  }

  /** Sessions that were ever opened. */
  get sessionsOpened(): number {
    return this.server.engine.cumulatedSessionCount;
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
