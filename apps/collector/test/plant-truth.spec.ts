import fc from 'fast-check';
import { Device, TruthfulPlant, type Message } from './truthful-plant';

const device = fc.integer({ min: 0, max: 1 });
const times = fc.integer({ min: 1, max: 60 });
const speak = fc.record({ kind: fc.constant('speak' as const), times: fc.integer({ min: 1, max: 12 }) });
const linkDown = fc.record({ kind: fc.constant('linkDown' as const), device, times });
const brokerAway = fc.record({ kind: fc.constant('brokerAway' as const), times, before: times });
const full = fc.record({ kind: fc.constant('full' as const), times: fc.integer({ min: 1, max: 4 }) });
const stampless = fc.record({ kind: fc.constant('stampless' as const), device });
const restart = fc.record({ kind: fc.constant('restart' as const) });
const ours = fc.record({ kind: fc.constant('ours' as const), by: fc.constantFrom(40, 3_600) });
const set = fc.record({
  kind: fc.constant('set' as const),
  device,
  by: fc.oneof(fc.integer({ min: -7_200, max: -300 }), fc.integer({ min: -30, max: 30 })),
});
type Part =
  | typeof speak
  | typeof linkDown
  | typeof brokerAway
  | typeof full
  | typeof stampless
  | typeof restart
  | typeof ours
  | typeof set;
type Happening = Part extends fc.Arbitrary<infer T> ? T : never;

async function play(plant: TruthfulPlant, one: Happening, every: number): Promise<void> {
  switch (one.kind) {
    case 'speak':
      return plant.speak(one.times, every);
    case 'linkDown': {
      const cut = plant.devices[one.device] as Device;
      cut.link = 'down';
      await plant.speak(one.times, every);
      return plant.linkBack(cut);
    }
    case 'brokerAway':
      plant.brokerGoes();
      await plant.speak(one.times, every);
      return plant.reconnect(one.before);
    case 'full':
      plant.line.refuse = new Error('full');
      await plant.speak(one.times, every);
      plant.line.refuse = null;
      return plant.pass(6);
    case 'stampless':
      return plant.say(one.device, false);
    case 'restart':
      await plant.restart();
      return plant.speak(3, every);
    case 'ours':
      return plant.setOurClock(one.by);
    // Set while it is heard, and heard for a while afterwards, as after a restart: otherwise nobody can know.
    case 'set':
      await plant.speak(Math.ceil(70 / every), every);
      (plant.devices[one.device] as Device).set(one.by);
      return plant.speak(8, every);
  }
}

/** A word stands when it was said or where its clock says; elsewhere only as what still holds, later. */
function expectInPlace(plant: TruthfulPlant, message: Message): void {
  const { stamp, said, values, isCovered } = message;
  const slack = 3 + (plant.devices[message.device] as Device).unnoticed;
  const readings = plant.walls.map((off) => said + off);
  const earliest = Math.min(
    ...readings.map((at) => at - slack),
    isCovered || stamp === null ? Infinity : stamp - 0.01,
  );
  const latest = plant.second + Math.max(...plant.walls);
  for (const [tag, value] of Object.entries(values)) {
    const rows = plant.standsAt(Number(tag), value);
    const isInPlace = (at: number): boolean =>
      (stamp !== null && Math.abs(at - stamp) < 0.01) || readings.some((r) => Math.abs(at - r) < slack);
    const isThere = stamp === null ? rows.length > 0 : rows.some(isInPlace);
    const isElsewhere = rows.some((at) => at < earliest || at > latest);
    expect([tag, message, isThere, isElsewhere, rows]).toEqual([tag, message, true, false, rows]);
  }
}

test.each([
  ['with buffers, outages and clocks that are set', [speak, linkDown, brokerAway, full, stampless, set]],
  ['with restarts', [speak, linkDown, brokerAway, full, restart]],
  ['with restarts after a clock was set', [speak, full, set, restart]],
  ['while our own clock is set', [speak, linkDown, brokerAway, full, ours]],
])('what a plant says is shown, acknowledged, and stands where it was said: %s', async (_name, parts) => {
  const happening = fc.oneof(...(parts as fc.Arbitrary<Happening>[]));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom([0, 3] as const, [100, 0] as const, [900, 2] as const),
      fc.constantFrom(5, 10, 30),
      fc.constantFrom([60, 60, 60] as const, [60, 600, 60] as const, [60, 60, 30] as const),
      fc.constantFrom(0, 0.123_7),
      fc.array(happening, { minLength: 1, maxLength: 7 }),
      async (behind, every, intervals, fraction, story) => {
        const plant = new TruthfulPlant(behind, intervals, fraction);
        await plant.speak(4, every);
        for (const one of story) await play(plant, one, every);
        await plant.speak(6, every);
        await plant.pass(3);
        for (const { tags, count } of plant.devices)
          for (const tag of tags) {
            const last = `${tag * 100_000 + count} good`;
            expect([plant.line.present(tag), plant.line.newest(tag)]).toEqual([last, last]);
          }
        expect(plant.longestStall).toBeLessThan(10);
        await plant.pass(3 * Math.max(...intervals));
        expect(plant.waiting).toBe(0);
        expect(plant.line.flow.ledger.sum()).toMatchObject({ uncounted: 0, waiting: 0 });
        for (const message of plant.messages) expectInPlace(plant, message);
      },
    ),
    { numRuns: 25 },
  );
});
