/*
 * The code under test has time, chance and waiting as parts. Whoever reaches past them would make a seed mean nothing,
 * so the computer's own are shut away while a seed runs.
 */

type Rejection = (reason: unknown) => void;

/** @param onBreak hears of everything that reached past, and of every error that nobody caught. @returns how it ends */
export function guardReality(onBreak: (what: unknown) => void): () => void {
  const refuse = (name: string) => () => {
    const error = new Error(`${name}: simulated code asked for the computer's own`);
    onBreak(error);
    throw error;
  };
  const kept = { setTimeout, setInterval, setImmediate, now: Date.now, random: Math.random };
  const before = performance.now.bind(performance);
  Object.assign(globalThis, {
    setTimeout: refuse('setTimeout'),
    setInterval: refuse('setInterval'),
    setImmediate: refuse('setImmediate'),
  });
  Date.now = refuse('Date.now') as typeof Date.now;
  Math.random = refuse('Math.random') as typeof Math.random;
  performance.now = refuse('performance.now') as typeof performance.now;
  const rejected: Rejection = (reason) => onBreak(reason);
  process.on('unhandledRejection', rejected);
  return () => {
    Object.assign(globalThis, {
      setTimeout: kept.setTimeout,
      setInterval: kept.setInterval,
      setImmediate: kept.setImmediate,
    });
    Date.now = kept.now;
    Math.random = kept.random;
    performance.now = before;
    process.off('unhandledRejection', rejected);
  };
}
