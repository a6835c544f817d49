import { LossUpdatedMessage, TOPIC } from '@linepack/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { BusClient } from '../bus/bus-client';
import { ROOM } from '../live/rooms';
import { SocketHub } from '../live/socket-hub';

/** Tells the browsers that may see loss which days were computed anew. */
@Injectable()
export class LossFeed {
  constructor(@Inject(BusClient) bus: BusClient, @Inject(SocketHub) hub: SocketHub) {
    bus.subscribe(TOPIC.lossUpdated, LossUpdatedMessage, (message) =>
      hub.send(ROOM.loss, 'lossUpdated', message),
    );
  }
}
