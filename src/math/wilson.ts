/** The standard normal's 97.5th percentile. */
const z = 1.959963984540054;

/**
 * The interval that holds a share with 95 % confidence when `hits` of `trials` were counted (Wilson 1927,
 * doi:10.1080/01621459.1927.10502953): unlike the usual ± it stays within 0 and 1 and is right for few trials.
 */
export function wilsonInterval(hits: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const share = hits / trials;
  const scale = 1 / (1 + z ** 2 / trials);
  const centre = scale * (share + z ** 2 / (2 * trials));
  const half = scale * z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return [hits === 0 ? 0 : centre - half, hits === trials ? 1 : centre + half];
}
