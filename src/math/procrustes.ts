/**
 * Turns points of the plane about the origin, mirrored where that fits better, so that they lie as near as they can to
 * reference points (orthogonal Procrustes: Schönemann 1966, doi:10.1007/BF02289451). Distances stay as they are.
 */
export function turnedTowards(
  points: readonly (readonly [number, number])[],
  reference: readonly (readonly [number, number])[],
): [number, number][] {
  const sums = (mirror: 1 | -1): { along: number; across: number } => {
    let along = 0;
    let across = 0;
    points.forEach(([x, y], at) => {
      const [u, v] = reference[at]!;
      along += u * x + v * mirror * y;
      across += v * x - u * mirror * y;
    });
    return { along, across };
  };
  const gain = ({ along, across }: { along: number; across: number }): number => Math.hypot(along, across);
  const mirror = gain(sums(-1)) > gain(sums(1)) ? -1 : 1;
  const { along, across } = sums(mirror);
  const angle = Math.atan2(across, along);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return points.map(([x, y]) => [cos * x - sin * mirror * y, sin * x + cos * mirror * y]);
}
