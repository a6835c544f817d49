import type { TagId, TagKey } from '@linepack/network';
import { storeOver } from '../src/worker-store';
import { arrivalOffice } from './arrival-office';
import { CUT_OFF, DAY, dependsOnSamplesAlone, END, FIRST, HOUR, sampleOf, samplesOf } from './arrivals';
import { utc } from './plant-world';
import { smallTown } from './small-town';
import { townOffice, type TownOffice } from './town-office';

const NEVER = new AbortController().signal;
const MINUTE = 60_000_000;

let town: TownOffice;
let tags: Map<TagKey, TagId>;
beforeAll(async () => {
  town = await townOffice();
  await town.import(smallTown());
  town.setClock(END);
  tags = await town.tagIds();
}, 120_000);
afterAll(() => town?.stop());

// A few runs with the real database; tools/storm has many with its model, which is held to the repositories.
it('a closed day depends on its samples, not on the order in which they came', async () => {
  const store = storeOver(town.pool);
  const ground = { tags, store: () => store, empty: () => town.empty() };
  const office = arrivalOffice({ ...ground, write: (batch) => town.writer.write(batch) });
  await dependsOnSamplesAlone(office, { numRuns: 5, endOnFailure: true });
}, 300_000);

it('a sample that comes after the close leaves a mark, however far the roll-up lags', async () => {
  const samples = samplesOf(tags, { offsets: [1, 2, 3, 4, 5], silences: [], badEvery: 0 });
  const key = 'gate.tot-1';
  const late = sampleOf(tags, key, CUT_OFF + 23 * HOUR + 55 * MINUTE, 'good');
  await town.empty();
  town.setClock(utc('2026-11-03T00:20'));
  await town.writer.write(samples.filter((s) => s.ts < utc('2026-11-03T00:20')));
  await town.rollup.step(utc('2026-11-01T23:00'));
  expect(await town.close.closeDue(NEVER, FIRST)).toHaveLength(2);
  const written = await town.writer.write([{ ...late, value: (late.value as number) + 40 }]);
  expect(written.late).toBe(1);
  await town.settle();
  const versions = await town.loss.versions('town' as never, DAY);
  expect(versions.map((v) => v.version)).toEqual([2, 1]);
});
