import { migrate, openPool } from '@linepack/store';
import { databaseCases } from './database.cases';
import { fanOut } from './fan-out.case';
import { liveWire } from './live-wire.case';
import { compare, type Figure } from './measure';
import { checksum, memoryCases } from './memory.cases';

/**
 * Measures every hot path once.
 * @param databaseUrl a database of its own that may be written to
 * @param onFigure hears of each as it is there
 */
export async function measureAll(
  databaseUrl: string,
  onFigure: (figure: Figure) => void,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const take = (figure: Figure): void => {
    figures.push(figure);
    onFigure(figure);
  };
  const clock = (): number => performance.now();
  for (const one of memoryCases) take(await compare(one, clock));
  if (!Number.isFinite(checksum())) throw new Error('bench: a value computed is not a number');

  for (const make of [fanOut, () => liveWire(10), () => liveWire(200)]) {
    const { of, close } = await make();
    try {
      take(await compare(of, clock));
    } finally {
      await close();
    }
  }

  const pool = openPool(databaseUrl, { max: 2, applicationName: 'linepack-bench' });
  try {
    await migrate(pool);
    for (const one of await databaseCases(pool)) take(await compare(one, clock));
  } finally {
    await pool.end();
  }
  return figures;
}
