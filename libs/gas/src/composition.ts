/** Mole fractions by component name (`methane`, `carbon_dioxide`, …), as in the network file. */
export type Composition = Readonly<Record<string, number>>;

/** How far the mole fractions may be from 1 before the composition is refused instead of normalised. */
export const COMPOSITION_SUM_TOLERANCE = 0.005;

/**
 * A composition with its fractions summing to exactly 1 and absent components left out.
 * @throws RangeError naming the component that is negative or not a number, or the sum that is too far from 1.
 */
export function normalised(composition: Composition): Composition {
  const present = Object.entries(composition).filter(([, x]) => x !== 0);
  for (const [name, x] of present)
    if (!(x > 0 && x <= 1))
      throw new RangeError(`composition ${name}: expected a mole fraction 0–1, got ${x}`);
  const sum = present.reduce((total, [, x]) => total + x, 0);
  if (!(Math.abs(sum - 1) <= COMPOSITION_SUM_TOLERANCE))
    throw new RangeError(`composition: expected mole fractions summing to 1, got ${sum}`);
  return Object.fromEntries(present.map(([name, x]) => [name, x / sum]));
}
