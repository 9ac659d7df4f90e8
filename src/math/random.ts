/** Numbers from 0 to 1 that follow from the seed: mulberry32 (Tommy Ettinger, 2017, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The values in an order of chance, every order as likely as another (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const order = [...values];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** The value of a turn (from 1): always the same for the same turn, and each comes once before one comes again. Null of none. */
export function drawn<T>(values: readonly T[], turn: number): T | null {
  return shuffled(values, randomNumbers(1))[(turn - 1) % values.length] ?? null;
}
