import fc from 'fast-check';
import { TARIM_15C } from './demo-city';
import { Hydraulics, leakConductance, pipeResistance } from './hydraulics';
import type { PlantDefinition } from './plant';

const plant: PlantDefinition = {
  law: TARIM_15C,
  utcOffsetS: 0,
  gasDayStartUtcS: 0,
  initialKPa: { gate: 2_000, town: 1_950, main: 450 },
  pipes: [
    { id: 'trunk', from: 'gate', to: 'town', lengthM: 10_000, diameterM: 0.4, roughnessM: 5e-5, segments: 6 },
  ],
  mains: [{ id: 'mains', node: 'main', volumeM3: 300 }],
  sources: [
    {
      id: 'in',
      node: 'gate',
      setKPa: 2_300,
      gain: 0.02,
      capacity: 12,
      dailyWanderKPa: 0,
      supplyKPa: 3_800,
      supplyWanderKPa: 0,
    },
  ],
  regulators: [
    {
      id: 'reg',
      inlet: 'town',
      outlet: 'main',
      setKPa: 452,
      droopKPa: 10,
      capacity: 6,
      inletNominalKPa: 1_950,
    },
  ],
  offtakes: [
    {
      id: 'town users',
      userClass: 'residential',
      dayVolume: 1,
      node: 'main',
      servicePressureKPa: 200,
      kind: 'user',
    },
    {
      id: 'factory',
      userClass: 'industrial',
      dayVolume: 1,
      node: 'town',
      servicePressureKPa: 700,
      kind: 'user',
    },
  ],
  meters: [],
};
const start = (h: Hydraulics) => h.inventoryAt((id) => (id === 'main' ? 450 : 2_000));
const inputs = (demand: [number, number], leak = [0, 0], set = 2_300) => ({
  demand: Float64Array.from(demand),
  sourceSet: Float64Array.of(set),
  leak: Float64Array.from(leak),
});
const total = (x: Float64Array) => x.reduce((a, b) => a + b, 0);

describe('hydraulics', () => {
  it('closes the mass balance whatever the demand, leak, set point and step', () => {
    const step = fc.record({
      demand: fc.tuple(
        fc.double({ min: 0, max: 8, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
      ),
      leakMm: fc.tuple(fc.nat(200), fc.nat(200)),
      set: fc.integer({ min: 1_000, max: 2_600 }),
      dt: fc.constantFrom(1, 10, 60, 600),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const h = new Hydraulics(plant);
        const gas = start(h);
        const before = Hydraulics.pack(gas);
        let into = 0;
        let out = 0;
        for (const s of steps) {
          h.step(gas, inputs(s.demand, s.leakMm.map(leakConductance), s.set), s.dt);
          into += total(h.flows.source) * s.dt;
          out += (total(h.flows.offtake) + total(h.flows.leak)) * s.dt;
          for (const p of h.pressures(gas)) expect(p).toBeGreaterThan(0);
        }
        const open = into - out - (Hydraulics.pack(gas) - before);
        expect(Math.abs(open)).toBeLessThan(1e-9 * (into + out + before));
      }),
    );
  });

  it('settles where friction says: p1² − p2² = R·Q²', () => {
    const h = new Hydraulics(plant);
    const gas = start(h);
    for (let k = 0; k < 2_000; k++) h.step(gas, inputs([2, 2]), 600);
    const p = h.pressures(gas);
    const p1 = p[h.nodeIndex('gate')] as number;
    const p2 = p[h.nodeIndex('town')] as number;
    const pipe = plant.pipes[0] as PlantDefinition['pipes'][number];
    expect((p1 * p1 - p2 * p2) / (pipeResistance(pipe, TARIM_15C, 2_000) * 16)).toBeCloseTo(1, 2);
    expect(total(h.flows.source)).toBeCloseTo(4, 6);
    for (const q of h.flows.segment) expect(q).toBeCloseTo(4, 6);
  });

  it('gives the same pressures by steps of a second and of a minute once settled', () => {
    const run = (dt: number) => {
      const h = new Hydraulics(plant);
      const gas = start(h);
      for (let t = 0; t < 6 * 3_600; t += dt) h.step(gas, inputs([3, 1]), dt);
      return h.pressures(gas);
    };
    const slow = run(60);
    run(5).forEach((p, i) => expect(Math.abs(p - (slow[i] as number))).toBeLessThan(1));
  });

  it('holds the outlet within its droop while demand swings', () => {
    const h = new Hydraulics(plant);
    const gas = start(h);
    for (let k = 0; k < 500; k++) {
      h.step(gas, inputs([3 + 2.5 * Math.sin(k / 20), 1]), 60);
      const outlet = h.pressures(gas)[h.nodeIndex('main')] as number;
      expect(outlet).toBeGreaterThan(442);
      expect(outlet).toBeLessThan(452.001);
    }
  });

  it('cannot hold it when the main is torn open, and holds it again when it is mended', () => {
    const h = new Hydraulics(plant);
    const gas = start(h);
    const outlet = () => h.pressures(gas)[h.nodeIndex('main')] as number;
    for (let k = 0; k < 120; k++) h.step(gas, inputs([2, 1], [0, leakConductance(200)]), 1);
    expect(outlet()).toBeLessThan(350);
    for (let k = 0; k < 600; k++) h.step(gas, inputs([2, 1]), 1);
    expect(outlet()).toBeGreaterThan(442);
  });

  it('serves users less when their pressure is gone, never from a vacuum', () => {
    const h = new Hydraulics(plant);
    const gas = start(h);
    for (let k = 0; k < 200; k++) h.step(gas, inputs([8, 8], [0, 0], 0), 600);
    expect(total(h.flows.offtake)).toBeLessThan(0.01);
    for (const p of h.pressures(gas)) expect(p).toBeGreaterThan(90);
  });

  it('refuses a plant that cannot be', () => {
    const pipe = plant.pipes[0] as PlantDefinition['pipes'][number];
    expect(() => new Hydraulics({ ...plant, pipes: [{ ...pipe, segments: 3 }] })).toThrow(
      'pipe trunk: segments 3',
    );
    expect(() => new Hydraulics({ ...plant, mains: [] })).toThrow('node main: expected a pipe or a main');
    expect(() => new Hydraulics(plant).nodeIndex('nowhere')).toThrow('node nowhere: expected one of gate');
  });
});
