import { PlantMemory, type Plant } from '../plant/plant-memory';
import { LatestValues } from './latest-values';
import { LiveGateway } from './live.gateway';
import type { LiveSocket, SocketHub } from './socket-hub';

const gatewayOf = (plant: PlantMemory) => {
  const none = undefined as never;
  return new LiveGateway(none as SocketHub, none, plant, new LatestValues(), none);
};

function browser(stations: string[] | null) {
  const rooms: string[] = [];
  const socket = {
    data: { session: { user: { stations } } },
    join: (names: string | string[]) => void rooms.push(...[names].flat()),
    emit: () => true,
  } as unknown as LiveSocket;
  return { rooms, socket };
}

describe('watching', () => {
  it('begins while the plant is not known yet: who watches then hears of it when it is', async () => {
    const { rooms, socket } = browser(null);
    const gateway = gatewayOf(new PlantMemory());
    expect(await gateway.watch(socket, 'station:gate')).toEqual({ ok: true });
    expect(await gateway.watch(socket, 'overview')).toEqual({ ok: true });
    expect(rooms).toEqual(['station:gate', 'overview']);
  });

  it.each([false, true])(
    "is answered alike of another's station and of none, whether or not the plant is known (%s)",
    async (isKnown) => {
      const plant = new PlantMemory();
      if (isKnown) plant.replace({ stations: [{ id: 'gate' }, { id: 'town' }], tags: [] } as never as Plant);
      const { rooms, socket } = browser(['gate']);
      for (const room of ['station:town', 'station:nowhere', 'station:#', 'station:'])
        expect(await gatewayOf(plant).watch(socket, room)).toEqual({ ok: false, code: 'unknownStation' });
      expect(await gatewayOf(plant).watch(socket, 'station:gate')).toEqual({ ok: true });
      expect(rooms).toEqual(['station:gate']);
    },
  );
});
